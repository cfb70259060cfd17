package linux.syscall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import linux.proc.IdMap;

/**
 * The user namespace this process is in ({@code user_namespaces(7)}): root of one that is not the
 * kernel's first may mount and configure what belongs to its own namespaces, and make no device files.
 */
public final class OwnUserNamespace {
    private static final Path MAP = Path.of("/proc/self/uid_map");

    private OwnUserNamespace() {}

    /** Whether it is the kernel's first, in which root is the host's root. */
    public static boolean isInitial() {
        return Known.INITIAL;
    }

    /**
     * What overlayfs's own extended attributes begin with: {@code trusted.} ones are for the host's root
     * alone, and a mount of another root says {@code userxattr} (overlayfs.rst, Linux 5.11).
     */
    public static String overlayAttributes() {
        return isInitial() ? "trusted.overlay." : "user.overlay.";
    }

    /** Looked up once: a process of several threads cannot enter another. */
    private static final class Known {
        private static final boolean INITIAL = read();

        private static boolean read() {
            try {
                // A kernel without user namespaces has no such file.
                return !Files.exists(MAP) || IdMap.isWholeHost(Files.readString(MAP));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
