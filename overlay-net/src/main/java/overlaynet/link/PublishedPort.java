package overlaynet.link;

import java.net.InetAddress;

/**
 * A port mapping with the container it leads to.
 *
 * @param mapping          the ports
 * @param containerAddress where the container is
 */
public record PublishedPort(PortMapping mapping, InetAddress containerAddress) {}
