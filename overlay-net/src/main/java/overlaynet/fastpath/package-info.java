/**
 * Pure. The fast path of packets whose connections the host's rules have let pass: programs for the kernel, keys and values of their
 * maps.
 */
package overlaynet.fastpath;
