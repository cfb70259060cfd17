package runtime.network;

/**
 * A container's port and the port of the host that leads to it.
 *
 * @param hostAddress   of the host; {@code 0.0.0.0} or {@code ::} for all of its family; empty if it is
 *                      exposed and not published
 * @param hostPort      0 if it is not published
 * @param containerPort from 1 to 65535
 * @param protocol      {@code tcp}, {@code udp} or {@code sctp}
 */
public record PortBinding(String hostAddress, int hostPort, int containerPort, String protocol) {

    /** Of the container's side, as {@code 80/tcp}. */
    public String exposed() {
        return containerPort + "/" + protocol;
    }
}
