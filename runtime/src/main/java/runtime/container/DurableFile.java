package runtime.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file so that a crash at any instant leaves the old or the new content, never half:
 * write beside it, {@code fsync(2)}, {@code rename(2)}, {@code fsync} of the folder.
 */
public final class DurableFile {
    /** What the names of unfinished files end with; start-up deletes them. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private DurableFile() {}

    /** Replaces the file; once this returns, the new content survives a loss of power. */
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content, true);
        syncFolder(file.getParent());
    }

    /**
     * Replaces the file for all who read it from now on, without waiting for the disk: after a loss of
     * power (not after a kill of this process) it may be old, new or damaged.
     */
    static void writeTransient(Path file, byte[] content) throws IOException {
        replace(file, content, false);
    }

    /** Makes the entries of a folder survive a loss of power. */
    public static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void replace(Path file, byte[] content, boolean sync) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (sync) {
                channel.force(true);
            }
        } catch (IOException failure) {
            Files.deleteIfExists(temporary);
            throw new IOException("write of " + file + ": " + failure.getMessage(), failure);
        }
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException failure) {
            throw new IOException("rename of " + temporary + " is not atomic here", failure);
        }
    }
}
