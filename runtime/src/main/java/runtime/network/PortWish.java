package runtime.network;

/**
 * A container's port that shall be published, as {@code -p} says it.
 *
 * @param hostAddress   of the host; {@code 0.0.0.0} or {@code ::} for all of its family, empty for all
 * @param firstHostPort the first port of the host that will do; 0 for any free one
 * @param lastHostPort  the last
 * @param containerPort from 1 to 65535
 * @param protocol      {@code tcp}, {@code udp} or {@code sctp}
 */
public record PortWish(String hostAddress, int firstHostPort, int lastHostPort, int containerPort,
        String protocol) {

    /** Of the container's side, as {@code 80/tcp}. */
    public String exposed() {
        return containerPort + "/" + protocol;
    }

    /** The host's ports as docker writes them: empty, {@code 8080} or {@code 8000-8010}. */
    public String hostPorts() {
        return firstHostPort == 0 ? "" : firstHostPort == lastHostPort
                ? Integer.toString(firstHostPort) : firstHostPort + "-" + lastHostPort;
    }
}
