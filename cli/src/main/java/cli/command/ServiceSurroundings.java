package cli.command;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import linux.socket.InheritedSocket;
import linux.socket.NoticeSocket;
import runtime.node.Entrance;

/**
 * What a service manager such as systemd tells the agent, and is told by it: the socket it opened for
 * the agent ({@code sd_listen_fds(3)}), and that the agent is ready or ending ({@code sd_notify(3)}).
 */
final class ServiceSurroundings {
    private static final int FIRST_DESCRIPTOR = 3;
    private static final String STANDARD_GROUP = "jctl";

    private final Console console;
    private final long process;

    /** @param process the agent's own id: what is for another process is left alone */
    ServiceSurroundings(Console console, long process) {
        this.console = console;
        this.process = process;
    }

    /**
     * The socket that was handed over; else one of the agent's own.
     *
     * @param group         who may use its own socket; empty: the standard group
     * @param standardGroup  who may unless someone is named
     * @throws IOException if what was handed over is not one listening Unix socket
     * @throws UsageException if a group is named for a socket that is somebody else's
     */
    Entrance entrance(String group, Optional<String> standardGroup) throws IOException, UsageException {
        String count = console.environment("LISTEN_FDS");
        if (count.isEmpty() || !console.environment("LISTEN_PID").equals(Long.toString(process))) {
            return new Entrance.Own(group.isEmpty() ? standardGroup : Optional.of(group));
        }
        if (!count.equals("1")) {
            throw new IOException("LISTEN_FDS is " + count + ": jctl listens on one socket, so its"
                    + " .socket unit has one ListenStream=");
        }
        if (!group.isEmpty()) {
            throw new UsageException("--group is for a socket of the agent's own, and this one was"
                    + " handed over: say SocketGroup=" + group + " in the .socket unit");
        }
        InheritedSocket.take(FIRST_DESCRIPTOR);
        return new Entrance.Inherited(FIRST_DESCRIPTOR);
    }

    /** The group jctl, if there is one. */
    static Optional<String> standardGroup() throws IOException {
        try {
            return Optional.of(FileSystems.getDefault().getUserPrincipalLookupService()
                    .lookupPrincipalByGroupName(STANDARD_GROUP).getName());
        } catch (UserPrincipalNotFoundException none) {
            return Optional.empty();
        }
    }

    /** Calls are answered from now on. */
    void ready() throws IOException {
        tell("READY=1");
    }

    /** The agent was told to end, and does. */
    void stopping() throws IOException {
        tell("STOPPING=1");
    }

    private void tell(String notice) throws IOException {
        String address = console.environment("NOTIFY_SOCKET");
        if (!address.isEmpty()) {
            NoticeSocket.send(address, notice);
        }
    }
}
