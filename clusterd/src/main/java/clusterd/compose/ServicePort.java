package clusterd.compose;

/**
 * A published port.
 *
 * @param onNode        whether a port of the task's node leads to that task alone ({@code mode: host}), rather
 *                      than one of every node to all tasks ({@code ingress})
 * @param hostAddress   {@code ""} = all
 * @param firstHostPort any free one from it to the last; both 0 = any
 * @param lastHostPort  up to 65535
 * @param containerPort 1 to 65535
 * @param protocol      {@code tcp}, {@code udp} or {@code sctp}
 */
public record ServicePort(boolean onNode, String hostAddress, int firstHostPort, int lastHostPort,
        int containerPort, String protocol) {
    /** {@code "8000-8010"}, {@code "80"}; {@code ""} = any. */
    public String published() {
        return firstHostPort == 0 ? "" : firstHostPort == lastHostPort ? Integer.toString(firstHostPort)
                : firstHostPort + "-" + lastHostPort;
    }
}
