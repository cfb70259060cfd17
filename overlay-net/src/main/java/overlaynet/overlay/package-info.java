/**
 * Kernel. This node's part of the networks that nodes share: made, kept as it is wanted, and told of.
 */
package overlaynet.overlay;
