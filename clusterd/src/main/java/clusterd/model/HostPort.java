package clusterd.model;

/**
 * A port of the node itself that a task takes; one task of a node can have it.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param port     1 to 65535
 */
public record HostPort(String protocol, int port) implements Comparable<HostPort> {
    @Override
    public int compareTo(HostPort other) {
        int byPort = Integer.compare(port, other.port);
        return byPort != 0 ? byPort : protocol.compareTo(other.protocol);
    }

    @Override
    public String toString() {
        return port + "/" + protocol;
    }
}
