package runtime.spec;

/**
 * A range of ids as in {@code /proc/PID/uid_map} ({@code user_namespaces(7)}).
 *
 * @param containerId first id inside
 * @param hostId      first id outside
 * @param size        how many
 */
public record IdMapping(long containerId, long hostId, long size) {}
