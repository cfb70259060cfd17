package cli.lab;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.MountFlag;
import linux.syscall.Mounts;
import linux.syscall.SeparateThread;
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
        detachAll(file);
        try {
            Files.deleteIfExists(file);
        } catch (FileSystemException busy) {
            removeCovered(file);
        }
    }

    /**
     * The first {@code ip netns add} on a machine mounts the folder on itself, and what was mounted in it
     * before is out of reach below, which keeps its file from being deleted. From a mount namespace where
     * nothing is mounted on a file it can be deleted, which detaches the mounts on it in every other.
     */
    private static void removeCovered(Path file) throws IOException {
        SeparateThread.call("mount-namespace", () -> {
            Mounts.unshare(CloneFlag.CLONE_FS);
            Mounts.unshare(CloneFlag.CLONE_NEWNS);
            Mounts.mount("none", "/", "none", List.of(MountFlag.MS_REC, MountFlag.MS_PRIVATE), "");
            detachAll(FOLDER);
            detachAll(file);
            return Files.deleteIfExists(file);
        });
    }

    /** Leaves nothing mounted there. Its owner may do so, or delete the file, at the same moment. */
    static void detachAll(Path place) throws IOException {
        boolean mounted = true;
        while (mounted) {
            try {
                Mounts.detach(place.toString());
            } catch (SystemCallException refused) {
                // The first says that it is no mount, the second that it is not there.
                if (!refused.is(Errno.EINVAL) && !refused.is(Errno.ENOENT)) {
                    throw refused;
                }
                mounted = false;
            }
        }
    }
}
