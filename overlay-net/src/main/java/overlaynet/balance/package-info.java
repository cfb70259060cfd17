/**
 * Pure. Services turned into nftables maps: desired state and a difference.
 */
package overlaynet.balance;
