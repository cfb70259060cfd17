package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the daemon listens: what --host says, else JCTL_HOST, else the context, else the usual place.
 *
 * @param socket its Unix socket
 * @param chosen whether the user named it, by --host or JCTL_HOST
 */
record DaemonAddress(Path socket, boolean chosen) {
    static final Path DEFAULT_RUN_FOLDER = Path.of("/run/jctl");
    static final String SOCKET_NAME = "jctl.sock";

    /** The address a user named, else unix:///run/jctl/jctl.sock or, of an ordinary user, his own. */
    static DaemonAddress of(Console console) throws UsageException, IOException {
        String address = console.host();
        if (address.isEmpty() && console.context().isEmpty()) {
            address = console.environment("JCTL_HOST");
        }
        if (address.isEmpty()) {
            address = Contexts.host(console);
        }
        return address.isEmpty()
                ? new DaemonAddress(runFolder(console).resolve(SOCKET_NAME), false)
                : new DaemonAddress(socket(address), true);
    }

    /** Where the agent is that serves this user: root's, where he may use that one, else his own. */
    private static Path runFolder(Console console) throws IOException {
        int user = Login.userId();
        if (user == 0 || Files.isWritable(DEFAULT_RUN_FOLDER.resolve(SOCKET_NAME))) {
            return DEFAULT_RUN_FOLDER;
        }
        Path own = Login.runFolder(console.environment("XDG_RUNTIME_DIR"), user);
        Login.check(own, user);
        return own;
    }

    /** The socket of an address. */
    static Path socket(String address) throws UsageException {
        String path = address.startsWith("unix://") ? address.substring(7) : address;
        if (!path.startsWith("/")) {
            throw new UsageException("unable to parse the daemon's address \"" + address
                    + "\": expected unix:///path/jctl.sock");
        }
        return Path.of(path);
    }
}
