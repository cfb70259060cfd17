/**
 * Pure. Peers turned into routes, neighbours and FDB entries: desired state and a difference.
 */
package overlaynet.mesh;
