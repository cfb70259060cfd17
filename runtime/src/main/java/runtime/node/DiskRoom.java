package runtime.node;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import linux.abi.OpenFlag;
import linux.syscall.Descriptors;
import linux.syscall.Mounts;

/** Whether a folder's file system takes more, as far as can be told without writing to it. */
public final class DiskRoom {
    /** Less than this, or than a hundredth of a small file system, and the daemon only reads. */
    static final long LEAST_FREE_BYTES = 32 << 20;
    private static final int LEAST_FREE_PART = 100;
    private static final String FREE = "free space with `jctl rm`, `jctl system prune` or"
            + " `jctl image prune -a`, or enlarge the file system";

    private DiskRoom() {}

    /**
     * Why it takes no more.
     *
     * @param what   a few words
     * @param remedy what to do
     */
    public record Trouble(String what, String remedy) {
        /** A write has failed although the file system says that there is room. */
        static Trouble ofWrite(long freeBytes, IOException failure) {
            return new Trouble(freeBytes + " bytes are free, but a write fails: "
                    + failure.getMessage(), FREE);
        }
    }

    /** What is wrong; empty if there is room. */
    public static Optional<Trouble> look(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            if (isReadOnly(folder)) {
                return Optional.of(new Trouble("its file system is mounted read-only",
                        "look for the reason in `dmesg`, and remount it with"
                                + " `mount -o remount,rw`"));
            }
            long free = freeBytes(folder);
            return free < Math.min(LEAST_FREE_BYTES, store.getTotalSpace() / LEAST_FREE_PART)
                    ? Optional.of(new Trouble(free + " bytes are free", FREE)) : Optional.empty();
        } catch (IOException failure) {
            return Optional.of(new Trouble("its file system cannot be asked: "
                    + failure.getMessage(), "see to it that the folder is there"));
        }
    }

    /** The JDK looks it up in the list of mounts, where one mount may hide another. */
    private static boolean isReadOnly(Path folder) throws IOException {
        int descriptor = Descriptors.open(folder, OpenFlag.O_RDONLY);
        try {
            return Mounts.isReadOnly(descriptor);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /** Bytes that may still be written. */
    public static long freeBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }
}
