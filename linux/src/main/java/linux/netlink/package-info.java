/**
 * Pure. Netlink messages (route, generic, nf_tables) as records, to and from bytes.
 */
package linux.netlink;
