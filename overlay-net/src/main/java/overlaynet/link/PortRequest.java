package overlaynet.link;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A container's port that shall be published.
 *
 * @param hostAddress   the host's address; an unspecified one ({@code 0.0.0.0}, {@code ::}) for all
 *                      of its family, empty for all there are
 * @param firstHostPort the first port that will do; 0 for any free one
 * @param lastHostPort  the last that will do; 0 for any free one
 * @param protocol      of both ports
 * @param containerPort from 1 to 65535
 */
public record PortRequest(
        Optional<InetAddress> hostAddress,
        int firstHostPort,
        int lastHostPort,
        TransportProtocol protocol,
        int containerPort) {

    /** @throws IllegalArgumentException if a port is out of range, or the range runs backwards */
    public PortRequest {
        checkPort(containerPort);
        if (firstHostPort != 0 || lastHostPort != 0) {
            checkPort(firstHostPort);
            checkPort(lastHostPort);
        }
        if (firstHostPort > lastHostPort) {
            throw new IllegalArgumentException("the range of ports " + firstHostPort + "-"
                    + lastHostPort + " runs backwards");
        }
    }

    /** What was given before, asked for anew. */
    public static PortRequest of(PortMapping mapping) {
        return new PortRequest(mapping.hostAddress(), mapping.hostPort(), mapping.hostPort(),
                mapping.protocol(), mapping.containerPort());
    }

    /** Whether any free port of the host will do. */
    public boolean any() {
        return firstHostPort == 0;
    }

    /** Whether a mapping is what was asked for. */
    public boolean fits(PortMapping mapping) {
        return mapping.protocol() == protocol && mapping.containerPort() == containerPort
                && mapping.hostAddress().equals(hostAddress)
                && (any() || firstHostPort <= mapping.hostPort()
                        && mapping.hostPort() <= lastHostPort);
    }

    /** It with the host's port chosen. */
    public PortMapping at(int hostPort) {
        return new PortMapping(hostAddress, hostPort, protocol, containerPort);
    }

    /** As {@code -p} writes it: {@code 192.0.2.1:8000-8009:80/tcp}. */
    @Override
    public String toString() {
        String range = any() ? "" : firstHostPort == lastHostPort ? firstHostPort + ":"
                : firstHostPort + "-" + lastHostPort + ":";
        String prefix = prefix(hostAddress);
        return prefix + (any() && !prefix.isEmpty() ? ":" : range) + containerPort + "/"
                + protocol.lowerCase();
    }

    static String prefix(Optional<InetAddress> hostAddress) {
        return hostAddress.map(address -> address.getAddress().length == 16
                ? "[" + address.getHostAddress() + "]:" : address.getHostAddress() + ":")
                .orElse("");
    }

    static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
        }
    }
}
