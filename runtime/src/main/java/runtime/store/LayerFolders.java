package runtime.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.image.LayerPath;

/**
 * Open folders of a layer that is being unpacked. Every folder is reached with {@code openat2(2)} and
 * {@code RESOLVE_IN_ROOT}: whatever links the archive made, the kernel never leaves the layer's
 * root. The last few stay open, since an archive goes folder by folder.
 */
final class LayerFolders implements AutoCloseable {
    private static final int OPEN_LIMIT = 64;
    private static final int MISSING_FOLDER_MODE = 0755;

    private final int root;
    private final Map<String, Integer> open = new LinkedHashMap<>(OPEN_LIMIT * 2, 0.75f, true);

    /** @param root an open folder, closed by who opened it */
    LayerFolders(int root) {
        this.root = root;
    }

    int root() {
        return root;
    }

    /**
     * The descriptor of a folder, which stays open at least until the next but one call. Folders that
     * are missing are made, as docker does, with owner root and mode 0755.
     */
    int open(String folder) throws IOException {
        Optional<Integer> found = find(folder);
        if (found.isPresent()) {
            return found.get();
        }
        Deque<LayerPath> missing = new ArrayDeque<>();
        String above = folder;
        while (found.isEmpty()) {
            missing.push(parent(above));
            above = missing.peek().folder();
            found = find(above);
        }
        int descriptor = found.get();
        for (LayerPath next : missing) {
            make(descriptor, next);
            descriptor = find(next.bytesAsText()).orElseThrow();
        }
        return descriptor;
    }

    private static void make(int above, LayerPath missing) throws IOException {
        try {
            Files.mkdirat(above, missing.nameBytes(), MISSING_FOLDER_MODE);
            if ((MISSING_FOLDER_MODE & ProcessMask.UMASK) != 0) {
                Files.fchmodat(above, missing.nameBytes(), MISSING_FOLDER_MODE);
            }
        } catch (SystemCallException e) {
            if (e.is(Errno.EEXIST)) {
                throw new ImageException(ImageException.Reason.MALFORMED, "the archive puts files"
                        + " below " + missing + ", which is a link to nothing in the layer", e);
            }
            throw e;
        }
    }

    /** As {@link #open}, but empty for a folder that is not there. */
    Optional<Integer> find(String folder) throws IOException {
        if (folder.isEmpty()) {
            return Optional.of(root);
        }
        Integer known = open.get(folder);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            int descriptor = Files.openat2(root, LayerPath.bytes(folder),
                    FileFlags.O_RDONLY | Files.O_DIRECTORY, 0,
                    FileFlags.RESOLVE_IN_ROOT | FileFlags.RESOLVE_NO_MAGICLINKS);
            remember(folder, descriptor);
            return Optional.of(descriptor);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            if (e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                throw new ImageException(ImageException.Reason.MALFORMED, "the archive puts files"
                        + " below " + parent(folder) + ", which is not a folder", e);
            }
            throw e;
        }
    }

    private static LayerPath parent(String folder) {
        int last = folder.lastIndexOf('/');
        return last < 0 ? new LayerPath("", folder)
                : new LayerPath(folder.substring(0, last), folder.substring(last + 1));
    }

    private void remember(String folder, int descriptor) throws SystemCallException {
        open.put(folder, descriptor);
        if (open.size() > OPEN_LIMIT) {
            Map.Entry<String, Integer> oldest = open.entrySet().iterator().next();
            open.remove(oldest.getKey());
            Files.close(oldest.getValue());
        }
    }

    /**
     * To be called when something in a folder was removed or replaced: names may now lead elsewhere.
     *
     * @param descriptor of that folder, which stays open
     */
    void forgetAllBut(int descriptor) throws SystemCallException {
        Iterator<Integer> descriptors = open.values().iterator();
        while (descriptors.hasNext()) {
            int other = descriptors.next();
            if (other != descriptor) {
                descriptors.remove();
                Files.close(other);
            }
        }
    }

    @Override
    public void close() throws SystemCallException {
        forgetAllBut(root);
    }
}
