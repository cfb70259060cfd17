package overlaynet.attach;

import java.net.InetAddress;

/**
 * Who has which address, as kept on disk.
 *
 * @param containerId the owner
 * @param address     its address
 */
record Lease(String containerId, InetAddress address) {}
