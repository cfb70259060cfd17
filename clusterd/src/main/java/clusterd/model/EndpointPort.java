package clusterd.model;

/**
 * A port of every node that leads to a service's tasks.
 *
 * @param protocol  {@code tcp}, {@code udp} or {@code sctp}
 * @param published of the nodes, 1 to 65535; 0 = a free one, which the log chooses
 * @param target    of the tasks, 1 to 65535
 */
public record EndpointPort(String protocol, int published, int target) {
    /** The first port that is given to who names none; docker's too. */
    public static final int FIRST_FREE = 30_000;
    /** The last one: those after it are the kernel's for programs that ask for none. */
    public static final int LAST_FREE = 32_767;

    /** The same at that port of the nodes. */
    public EndpointPort at(int port) {
        return new EndpointPort(protocol, port, target);
    }

    /** Whether both would be the same port of a node. */
    public boolean collidesWith(EndpointPort other) {
        return published != 0 && published == other.published && protocol.equals(other.protocol);
    }

    @Override
    public String toString() {
        return published + "/" + protocol;
    }
}
