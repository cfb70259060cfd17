/**
 * Kernel. Wires a container to a network.
 */
package overlaynet.attach;
