/**
 * Edge. Plug-ins of devices: the daemon in place of a kubelet, what they offer, and which container has what.
 */
package runtime.plugin;
