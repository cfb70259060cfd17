/**
 * Pure. Networks of one host: what may be made, with which subnets.
 */
package overlaynet.network;
