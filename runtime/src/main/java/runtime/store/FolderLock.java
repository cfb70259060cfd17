package runtime.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import linux.abi.FileFlags;
import linux.syscall.Files;

/**
 * A lock file held with {@code flock(2)}: against other processes, and against others in this one.
 * The kernel lets go of it when the process ends, however it ends.
 */
final class FolderLock implements AutoCloseable {
    private static final int MODE = 0600;

    private final int descriptor;

    private FolderLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Waits until nobody else holds the lock. */
    static FolderLock exclusive(Path file) throws IOException {
        return waitFor(file, FileFlags.LOCK_EX);
    }

    /** Waits until nobody holds the lock exclusively. */
    static FolderLock shared(Path file) throws IOException {
        return waitFor(file, FileFlags.LOCK_SH);
    }

    private static FolderLock waitFor(Path file, int operation) throws IOException {
        FolderLock lock = new FolderLock(open(file));
        try {
            Files.flock(lock.descriptor, operation);
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** The exclusive lock, or empty if somebody else holds it now. */
    static Optional<FolderLock> tryExclusive(Path file) throws IOException {
        FolderLock lock = new FolderLock(open(file));
        try {
            if (Files.flock(lock.descriptor, FileFlags.LOCK_EX | FileFlags.LOCK_NB)) {
                return Optional.of(lock);
            }
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        lock.close();
        return Optional.empty();
    }

    private static int open(Path file) throws IOException {
        return Files.openat(FileFlags.AT_FDCWD, Files.name(file.toString()),
                FileFlags.O_RDWR | FileFlags.O_CREAT | Files.O_NOFOLLOW, MODE);
    }

    @Override
    public void close() throws IOException {
        Files.close(descriptor);
    }
}
