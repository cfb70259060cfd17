package runtime.files;

import java.io.IOException;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.image.LayerPath;

/**
 * The folders an archive is unpacked into, each opened by its name alone from the one above, and never
 * through a link. The last stays open, since an archive goes folder by folder.
 */
final class UnpackFolders implements AutoCloseable {
    private static final int MISSING_MODE = 0755;
    private static final byte[] ITSELF = {'.'};

    private final int root;
    private final UnpackRules rules;
    private String openPath = "";
    private int open = -1;

    /** @param root an open folder that stays open */
    UnpackFolders(int root, UnpackRules rules) {
        this.root = root;
        this.rules = rules;
    }

    /** The folder of that path below the root, open until another is asked for. Made if it is missing. */
    int folder(String path) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        if (open < 0 || !openPath.equals(path)) {
            int next = another(path);
            close();
            open = next;
            openPath = path;
        }
        return open;
    }

    /** The same, open once more: the caller closes it. */
    int another(String path) throws IOException {
        int folder = step(root, ITSELF);
        for (String part : path.isEmpty() ? new String[0] : path.split("/")) {
            int above = folder;
            try {
                folder = enter(above, LayerPath.bytes(part), path);
            } finally {
                Files.close(above);
            }
        }
        return folder;
    }

    private static int step(int folder, byte[] name) throws SystemCallException {
        return Files.openat(folder, name,
                FileFlags.O_PATH | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
    }

    private int enter(int folder, byte[] name, String path) throws IOException {
        try {
            return step(folder, name);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                throw new UnpackException("cannot put files below "
                        + LayerPath.shown("/" + path) + ": a part of it is no directory, or a link,"
                        + " which is not followed", e);
            }
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        Files.mkdirat(folder, name, MISSING_MODE);
        int made = step(folder, name);
        if (rules.isOwned()) {
            Files.fchownat(folder, name, rules.ids().outside(0), rules.ids().outside(0));
        }
        return made;
    }

    @Override
    public void close() throws SystemCallException {
        if (open >= 0) {
            int last = open;
            open = -1;
            Files.close(last);
        }
    }
}
