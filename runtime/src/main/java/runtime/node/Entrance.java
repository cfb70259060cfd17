package runtime.node;

import java.util.Optional;

/** How a daemon comes by the socket it listens on. */
public sealed interface Entrance {

    /**
     * It makes the socket in its run folder, for the owner and one group (0660), and removes it.
     *
     * @param group who may use it besides root; empty: only root's own group
     */
    record Own(Optional<String> group) implements Entrance {}

    /**
     * Its service manager made the socket, listens on it and keeps it ({@code sd_listen_fds(3)}).
     *
     * @param descriptor a listening Unix stream socket in this process
     */
    record Inherited(int descriptor) implements Entrance {}
}
