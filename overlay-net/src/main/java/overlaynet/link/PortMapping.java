package overlaynet.link;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A port of the host that leads to a port of a container.
 *
 * @param hostAddress   the host's address it is published on; an unspecified one ({@code 0.0.0.0},
 *                      {@code ::}) for all of its family, empty for all there are
 * @param hostPort      from 1 to 65535
 * @param protocol      of both ports
 * @param containerPort from 1 to 65535
 */
public record PortMapping(
        Optional<InetAddress> hostAddress,
        int hostPort,
        TransportProtocol protocol,
        int containerPort) {

    /** @throws IllegalArgumentException if a port is out of range */
    public PortMapping {
        PortRequest.checkPort(hostPort);
        PortRequest.checkPort(containerPort);
    }

    /** Whether both want the same port of the same address. */
    public boolean collidesWith(PortMapping other) {
        return hostPort == other.hostPort && protocol == other.protocol
                && overlap(hostAddress, other.hostAddress);
    }

    private static boolean overlap(Optional<InetAddress> one, Optional<InetAddress> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return true;
        }
        boolean sameFamily =
                one.get().getAddress().length == other.get().getAddress().length;
        return sameFamily && (one.get().isAnyLocalAddress() || other.get().isAnyLocalAddress()
                || one.equals(other));
    }

    /** Whether it is published on addresses of that family, IPv6 or IPv4. */
    public boolean covers(boolean ipv6) {
        return hostAddress.isEmpty() || hostAddress.get().getAddress().length == 16 == ipv6;
    }

    /** As {@code -p} writes it: {@code 192.0.2.1:8080:80/tcp}. */
    @Override
    public String toString() {
        return PortRequest.prefix(hostAddress) + hostPort + ":" + containerPort + "/"
                + protocol.lowerCase();
    }
}
