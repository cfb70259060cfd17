package overlaynet.link;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A port of the host that leads to a port of a container.
 *
 * @param hostAddress   the host's IPv4 address it is published on; all of them if empty
 * @param hostPort      from 1 to 65535
 * @param protocol      of both ports
 * @param containerPort from 1 to 65535
 */
public record PortMapping(
        Optional<InetAddress> hostAddress,
        int hostPort,
        TransportProtocol protocol,
        int containerPort) {

    /** @throws IllegalArgumentException if a port is out of range or the address not IPv4 */
    public PortMapping {
        checkPort(hostPort);
        checkPort(containerPort);
        hostAddress.ifPresent(address -> {
            if (address.getAddress().length != 4) {
                throw new IllegalArgumentException("a port cannot be published on "
                        + address.getHostAddress() + ": the bridge is IPv4 only");
            }
        });
    }

    /** Whether both want the same port of the same address. */
    public boolean collidesWith(PortMapping other) {
        return hostPort == other.hostPort && protocol == other.protocol
                && (hostAddress.isEmpty() || other.hostAddress.isEmpty()
                        || hostAddress.equals(other.hostAddress));
    }

    /** As {@code -p} writes it: {@code 192.0.2.1:8080:80/tcp}. */
    @Override
    public String toString() {
        return hostAddress.map(address -> address.getHostAddress() + ":").orElse("") + hostPort
                + ":" + containerPort + "/" + protocol.lowerCase();
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
        }
    }
}
