package runtime.node;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The two folders of a daemon; daemons with different ones live side by side on a host.
 *
 * @param data D: images and containers, survives a reboot
 * @param run  R: socket and running state, does not
 */
public record NodeFolders(Path data, Path run) {
    private static final Path STANDARD_RUN = Path.of("/run/jctl");

    /** The same folders by absolute paths. */
    public NodeFolders {
        data = data.toAbsolutePath().normalize();
        run = run.toAbsolutePath().normalize();
    }

    /** The socket the daemon listens on. */
    public Path socket() {
        return run.resolve("jctl.sock");
    }

    /** The cgroup all of the daemon's containers lie below: {@code /jctl}, for other folders one apart. */
    public String cgroupParent() {
        if (run.equals(STANDARD_RUN)) {
            return "/jctl";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(run.toString().getBytes(StandardCharsets.UTF_8));
            return "/jctl-" + HexFormat.of().formatHex(digest, 0, 3);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
