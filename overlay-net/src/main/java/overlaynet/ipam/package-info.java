/**
 * Pure. Addresses: which subnets, blocks and addresses are given out, as values.
 */
package overlaynet.ipam;
