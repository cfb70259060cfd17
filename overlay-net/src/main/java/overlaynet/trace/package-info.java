/**
 * Pure. The way of a packet, hop by hop, and a node's health, from what was found of each.
 */
package overlaynet.trace;
