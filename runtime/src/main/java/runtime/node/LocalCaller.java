package runtime.node;

import io.grpc.Attributes;

/**
 * Who connected to the daemon's Unix socket, as the kernel saw it then ({@code SO_PEERCRED}, {@code unix(7)}).
 *
 * @param pid of the process; it may have ended since
 * @param uid of its user, as this daemon's user namespace has it
 */
public record LocalCaller(int pid, int uid) {
    /** Where a call has it. */
    public static final Attributes.Key<LocalCaller> KEY = Attributes.Key.create("jctl-local-caller");
}
