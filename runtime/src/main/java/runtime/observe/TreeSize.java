package runtime.observe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.Descriptors;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.SystemCallException;

/**
 * What a tree takes on disk that a container may be writing to: no link is followed, a file with several
 * names counts once, a hole does not count, and what vanishes meanwhile is left out.
 */
final class TreeSize {
    private static final long BLOCK_BYTES = 512;
    /** Each level takes a descriptor. Nobody goes so deep but to do harm. */
    private static final int MOST_LEVELS = 512;

    private record File(long device, long inode) {}

    private final Set<File> counted = new HashSet<>();
    private long bytes;
    private boolean tooDeep;

    private TreeSize() {}

    /**
     * The sizes of all files below a folder.
     *
     * @param bytes    0 if there is no such folder
     * @param complete whether it was not too deep to look at all of it
     */
    record Result(long bytes, boolean complete) {}

    static Result of(Path folder) throws IOException {
        TreeSize size = new TreeSize();
        size.addFolder(FileFlags.AT_FDCWD, Files.name(folder.toString()), 0);
        return new Result(size.bytes, !size.tooDeep);
    }

    private void addFolder(int parent, byte[] name, int level) throws SystemCallException {
        if (level == MOST_LEVELS) {
            tooDeep = true;
            return;
        }
        int folder;
        try {
            folder = Files.openat(parent, name,
                    FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
        } catch (SystemCallException failure) {
            // Removed, or put something else in its place.
            boolean gone = failure.is(Errno.ENOENT) || failure.is(Errno.ENOTDIR)
                    || failure.is(Errno.ELOOP);
            if (gone) {
                return;
            }
            throw failure;
        }
        try {
            for (byte[] entry : Files.list(folder)) {
                Optional<FileStatus> status = Files.find(folder, entry);
                if (status.isPresent() && status.get().isDirectory()) {
                    addFolder(folder, entry, level + 1);
                } else {
                    status.ifPresent(this::addFile);
                }
            }
        } finally {
            Descriptors.close(folder);
        }
    }

    private void addFile(FileStatus file) {
        boolean sized = file.isRegularFile() || file.isSymbolicLink();
        if (!sized || file.links() > 1 && !counted.add(new File(file.device(), file.inode()))) {
            return;
        }
        // A small file's text may lie in its inode, without a block of its own.
        bytes += file.blocks() == 0 && file.isSymbolicLink() ? file.sizeBytes()
                : Math.min(file.sizeBytes(), file.blocks() * BLOCK_BYTES);
    }
}
