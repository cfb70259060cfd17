package runtime.node;

import java.io.IOException;
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
        Mounts.Room room;
        try {
            room = room(folder);
        } catch (IOException failure) {
            return Optional.of(new Trouble("its file system cannot be asked: "
                    + failure.getMessage(), "see to it that the folder is there"));
        }
        if (room.readOnly()) {
            return Optional.of(new Trouble("its file system is mounted read-only",
                    "look for the reason in `dmesg`, and remount it with"
                            + " `mount -o remount,rw`"));
        }
        return room.freeBytes() < Math.min(LEAST_FREE_BYTES, room.totalBytes() / LEAST_FREE_PART)
                ? Optional.of(new Trouble(room.freeBytes() + " bytes are free", FREE))
                : Optional.empty();
    }

    /** Bytes that may still be written. */
    public static long freeBytes(Path folder) throws IOException {
        return room(folder).freeBytes();
    }

    /** The JDK would look through the list of mounts for it, where one mount may hide another. */
    private static Mounts.Room room(Path folder) throws IOException {
        int descriptor = Descriptors.open(folder, OpenFlag.O_RDONLY);
        try {
            return Mounts.room(descriptor);
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
