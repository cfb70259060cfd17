/**
 * Kernel. Compares the kernel with the desired state and repairs it.
 */
package overlaynet.audit;
