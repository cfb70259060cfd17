package cli.lab;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import linux.proc.MountInfo;

/** Deletes cgroups whose processes were killed, in every hierarchy ({@code cgroups(7)}). */
final class LabCgroups {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private LabCgroups() {}

    /** Deletes a cgroup with those below it; {@code path} begins at a hierarchy's root. */
    static void remove(String path) throws IOException {
        for (MountInfo mount : MountInfo.parse(Files.readString(Path.of("/proc/self/mountinfo")))) {
            if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
                removeTree(Path.of(mount.mountPoint() + path));
            }
        }
    }

    private static void removeTree(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    removeTree(entry);
                }
            }
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!removed(folder)) {
            HostProcesses.pause(end, "the cgroup " + folder + " cannot be deleted: processes are still in it");
        }
    }

    /** A cgroup is busy until its last process has been taken apart, a moment after its end. */
    private static boolean removed(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (NoSuchFileException gone) {
            return true;
        } catch (DirectoryNotEmptyException busy) {
            return false;
        } catch (FileSystemException refused) {
            if (String.valueOf(refused.getReason()).contains("busy")) {
                return false;
            }
            throw refused;
        }
    }
}
