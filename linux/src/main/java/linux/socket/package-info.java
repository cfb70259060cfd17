/**
 * Kernel. Netlink and Unix sockets, and file descriptors passed over them.
 */
package linux.socket;
