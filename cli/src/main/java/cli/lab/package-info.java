/**
 * Kernel. Virtual hosts on one machine: makes their namespaces, bridge and agents, breaks the network between
 * them, and takes all of it away again.
 */
package cli.lab;
