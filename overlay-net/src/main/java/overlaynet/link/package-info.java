/**
 * Kernel. Applies a difference to the kernel's links, addresses, routes and rules.
 */
package overlaynet.link;
