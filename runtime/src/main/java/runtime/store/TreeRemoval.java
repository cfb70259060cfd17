package runtime.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.Files;
import linux.syscall.SystemCallException;

/**
 * Removes files and whole trees. Works folder by folder from open descriptors, so that it follows no
 * link and that neither the length of a path nor the depth of a tree is a limit: an archive can
 * build trees deeper than any path may be long.
 */
final class TreeRemoval {
    /** Folders below this depth are moved up before they are emptied. */
    private static final int DEPTH_LIMIT = 100;

    private TreeRemoval() {
    }

    /** Removes a file, or a folder with everything in it; nothing there is no error. */
    static void remove(Path path) throws IOException {
        byte[] parent = Files.name(path.toAbsolutePath().getParent().toString());
        int folder = Files.openat(FileFlags.AT_FDCWD, parent,
                FileFlags.O_RDONLY | Files.O_DIRECTORY, 0);
        try {
            remove(folder, Files.name(path.getFileName().toString()));
        } finally {
            Files.close(folder);
        }
    }

    /** Removes what {@code name} in an open folder is; nothing there is no error. */
    static void remove(int folder, byte[] name) throws IOException {
        try {
            Files.unlinkat(folder, name, 0);
            return;
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            if (!e.is(Errno.EISDIR) && !e.is(Errno.EPERM)) {
                throw e;
            }
        }
        int top = openFolder(folder, name);
        try {
            new Emptying(top).run();
        } finally {
            Files.close(top);
        }
        Files.unlinkat(folder, name, FileFlags.AT_REMOVEDIR);
    }

    private static int openFolder(int folder, byte[] name) throws SystemCallException {
        return Files.openat(folder, name,
                FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
    }

    private static final class Emptying {
        private final int top;
        private long moved;

        Emptying(int top) {
            this.top = top;
        }

        void run() throws SystemCallException {
            long before;
            do {
                before = moved;
                empty(top, 0);
            } while (moved > before);
        }

        private void empty(int folder, int depth) throws SystemCallException {
            List<byte[]> names = Files.list(folder);
            for (byte[] name : names) {
                if (!removed(folder, name, 0)) {
                    removeFolder(folder, name, depth);
                }
            }
        }

        private void removeFolder(int folder, byte[] name, int depth)
                throws SystemCallException {
            if (removed(folder, name, FileFlags.AT_REMOVEDIR)) {
                return;
            }
            if (depth >= DEPTH_LIMIT) {
                moveUp(folder, name);
                return;
            }
            int inner = openFolder(folder, name);
            try {
                empty(inner, depth + 1);
            } finally {
                Files.close(inner);
            }
            if (!removed(folder, name, FileFlags.AT_REMOVEDIR)) {
                throw new SystemCallException("unlinkat", "a folder something else writes to",
                        Errno.ENOTEMPTY.number());
            }
        }

        private void moveUp(int folder, byte[] name) throws SystemCallException {
            while (true) {
                byte[] free = Files.name("removed-" + moved++);
                try {
                    Files.renameat2(folder, name, top, free, FileFlags.RENAME_NOREPLACE);
                    return;
                } catch (SystemCallException e) {
                    if (!e.is(Errno.EEXIST)) {
                        throw e;
                    }
                }
            }
        }

        private static boolean removed(int folder, byte[] name, int flags)
                throws SystemCallException {
            try {
                Files.unlinkat(folder, name, flags);
                return true;
            } catch (SystemCallException e) {
                if (e.is(Errno.EISDIR) || e.is(Errno.ENOTEMPTY)) {
                    return false;
                }
                throw e;
            }
        }
    }
}
