package cli.command;

import java.nio.file.Path;

/**
 * Where the daemon listens.
 *
 * @param socket its Unix socket
 * @param chosen whether the user named it, by --host or JCTL_HOST
 */
record DaemonAddress(Path socket, boolean chosen) {
    static final Path DEFAULT_RUN_FOLDER = Path.of("/run/jctl");
    static final String SOCKET_NAME = "jctl.sock";

    /** The address of --host, else JCTL_HOST, else unix:///run/jctl/jctl.sock. */
    static DaemonAddress of(Console console) throws UsageException {
        String address = console.host().isEmpty() ? console.environment("JCTL_HOST")
                : console.host();
        if (address.isEmpty()) {
            return new DaemonAddress(DEFAULT_RUN_FOLDER.resolve(SOCKET_NAME), false);
        }
        String path = address.startsWith("unix://") ? address.substring(7) : address;
        if (!path.startsWith("/")) {
            throw new UsageException("unable to parse the daemon's address \"" + address
                    + "\": expected unix:///path/jctl.sock");
        }
        return new DaemonAddress(Path.of(path), true);
    }
}
