package overlaynet.link;

import java.net.InetAddress;

/**
 * A port mapping with the container it leads to, of one family.
 *
 * @param mapping          the ports
 * @param containerAddress where the container is
 */
public record PublishedPort(PortMapping mapping, InetAddress containerAddress) {

    /** @throws IllegalArgumentException if the mapping is of the other family */
    public PublishedPort {
        if (!mapping.covers(containerAddress.getAddress().length == 16)) {
            throw new IllegalArgumentException("port " + mapping + " cannot lead to "
                    + containerAddress.getHostAddress());
        }
    }

    /** Whether it leads to an IPv6 address. */
    boolean ipv6() {
        return containerAddress.getAddress().length == 16;
    }

    /** Whether it is published on every address of the host. */
    boolean everywhere() {
        return mapping.hostAddress().isEmpty()
                || mapping.hostAddress().get().isAnyLocalAddress();
    }
}
