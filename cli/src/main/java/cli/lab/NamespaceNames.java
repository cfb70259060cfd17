package cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import linux.abi.Errno;
import linux.abi.MountFlag;
import linux.syscall.Mounts;
import linux.syscall.SystemCallException;

/** Names of network namespaces where {@code ip-netns(8)} looks for them: files with a namespace mounted on each. */
final class NamespaceNames {
    static final Path FOLDER = Path.of("/run/netns");

    private NamespaceNames() {}

    /** Whether there is a namespace, or the file for one, of that name. */
    static boolean isTaken(String name) {
        return Files.exists(FOLDER.resolve(name));
    }

    /** Gives a process's network namespace a name. */
    static void put(String name, LabProcess process) throws IOException {
        remove(name);
        Files.createDirectories(FOLDER);
        Path file = Files.createFile(FOLDER.resolve(name));
        Mounts.mount("/proc/" + process.pid() + "/ns/net", file.toString(), "none",
                List.of(MountFlag.MS_BIND), "");
    }

    /** Takes a name away, however far it came to be. */
    static void remove(String name) throws IOException {
        Path file = FOLDER.resolve(name);
        if (!Files.exists(file)) {
            return;
        }
        try {
            Mounts.detach(file.toString());
        } catch (SystemCallException refused) {
            if (!refused.is(Errno.EINVAL)) { // which says that it is no mount
                throw refused;
            }
        }
        Files.deleteIfExists(file);
    }
}
