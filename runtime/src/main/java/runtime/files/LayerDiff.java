package runtime.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.image.LayerPath;

/**
 * What a container changed of its image: the overlay's upper folder against the layers below it
 * ({@code Documentation/filesystems/overlayfs.rst}: a character device 0/0 hides a file, an opaque folder
 * what the layers have in it). Works from open folders and follows no link.
 */
public final class LayerDiff {
    private static final int DEPTH_LIMIT = 1000;
    private static final byte[] ITSELF = {'.'};
    private static final byte[] NOTHING = {};
    private static final List<String> PREFIXES = List.of("trusted.overlay.", "user.overlay.");

    private final int lower;
    private final IdShift ids;
    private final Set<String> mountPoints;

    /** What became of a path. */
    public enum Kind {
        ADDED('A'), CHANGED('C'), DELETED('D');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        /** As {@code diff} prints it. */
        public char letter() {
            return letter;
        }
    }

    /**
     * One path.
     *
     * @param path     absolute in the container, one char per byte
     * @param isFolder whether a folder is there now
     * @param isOpaque whether that hides what the layers have there
     * @param isHidden whether it is gone because its folder is opaque
     */
    public record Change(
            Kind kind, String path, boolean isFolder, boolean isOpaque, boolean isHidden) {}

    /**
     * For one container.
     *
     * @param lower       open root of the merged layers, owners as they lie on disk
     * @param ids         of the container
     * @param mountPoints where something is mounted at every start: what was made for that alone is no
     *                    change
     */
    public LayerDiff(int lower, IdShift ids, Set<String> mountPoints) {
        this.lower = lower;
        this.ids = ids;
        this.mountPoints = Set.copyOf(mountPoints);
    }

    /**
     * All changes, a folder before what is in it.
     *
     * @param upper open upper folder
     * @throws IOException if the upper folder says more than this version reads (redirects)
     */
    public List<Change> changes(int upper) throws IOException {
        List<Change> changes = new ArrayList<>();
        walk(upper, lower, "", 0, changes);
        return changes;
    }

    /** @param under the same folder in the layers, or -1; both stay open */
    private void walk(int folder, int under, String path, int depth, List<Change> changes)
            throws IOException {
        if (depth > DEPTH_LIMIT) {
            throw new IOException("more than " + DEPTH_LIMIT + " folders within one another");
        }
        for (byte[] name : list(folder)) {
            Optional<FileStatus> found = Files.find(folder, name);
            if (found.isEmpty()) {
                continue;
            }
            FileStatus status = found.get();
            String child = path + "/" + LayerPathText.of(name);
            Optional<FileStatus> before = under < 0 ? Optional.empty() : Files.find(under, name);
            if (status.isWhiteout()) {
                if (before.isPresent()) {
                    changes.add(new Change(Kind.DELETED, child, false, false, false));
                }
            } else if (status.isDirectory()) {
                folder(folder, under, name, child, before, depth, changes);
            } else {
                refuseMarks(folder, name, child);
                boolean placeholder = before.isEmpty() && mountPoints.contains(child)
                        && status.isRegularFile() && status.sizeBytes() == 0;
                if (!placeholder) {
                    changes.add(new Change(before.isPresent() ? Kind.CHANGED : Kind.ADDED, child,
                            false, false, false));
                }
            }
        }
    }

    private static List<byte[]> list(int folder) throws SystemCallException {
        int open = Files.openat(folder, ITSELF, FileFlags.O_RDONLY | Files.O_DIRECTORY, 0);
        try {
            List<byte[]> names = Files.list(open);
            names.sort(Arrays::compareUnsigned);
            return names;
        } finally {
            Files.close(open);
        }
    }

    private void folder(int above, int under, byte[] name, String path,
            Optional<FileStatus> before, int depth, List<Change> changes) throws IOException {
        boolean merged = before.isPresent() && before.get().isDirectory();
        int folder = open(above, name);
        int below = -1;
        try {
            below = merged ? open(under, name) : -1;
            boolean opaque = isOpaque(folder, path);
            List<Change> inside = new ArrayList<>();
            walk(folder, below, path, depth + 1, inside);
            if (opaque && merged) {
                hidden(folder, below, path, inside);
            }
            boolean own = merged ? opaque || isChanged(Files.statx(folder, NOTHING), before.get())
                    : !isMadeForMounts(path);
            if (own || !inside.isEmpty()) {
                changes.add(new Change(before.isPresent() ? Kind.CHANGED : Kind.ADDED, path, true,
                        opaque, false));
                changes.addAll(inside);
            }
        } finally {
            Files.close(folder);
            if (below >= 0) {
                Files.close(below);
            }
        }
    }

    private static int open(int folder, byte[] name) throws SystemCallException {
        return Files.openat(folder, name,
                FileFlags.O_PATH | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
    }

    /** Its time alone changes with every file made in it. */
    private boolean isChanged(FileStatus now, FileStatus before) {
        return now.mode() != before.mode() || ids.inside(now.userId()) != before.userId()
                || ids.inside(now.groupId()) != before.groupId();
    }

    private boolean isMadeForMounts(String path) {
        return mountPoints.stream().anyMatch(
                each -> each.equals(path) || each.startsWith(path + "/"));
    }

    /** What the layers have in an opaque folder and nothing took the place of. */
    private static void hidden(int folder, int below, String path, List<Change> inside)
            throws SystemCallException {
        Map<String, Change> gone = new TreeMap<>();
        for (byte[] name : list(below)) {
            if (Files.find(folder, name).isEmpty()) {
                String child = path + "/" + LayerPathText.of(name);
                gone.put(child, new Change(Kind.DELETED, child, false, false, true));
            }
        }
        inside.addAll(0, gone.values());
    }

    private static boolean isOpaque(int folder, String path) throws IOException {
        refuseMarks(folder, ITSELF, path);
        for (String prefix : PREFIXES) {
            Optional<byte[]> value =
                    Files.lgetxattr(folder, ITSELF, Files.name(prefix + "opaque"));
            if (value.isPresent() && value.get().length == 1 && value.get()[0] == 'y') {
                return true;
            }
        }
        return false;
    }

    /** Written by overlayfs where redirect_dir or metacopy are on: content would be missed. */
    private static void refuseMarks(int folder, byte[] name, String path) throws IOException {
        for (String prefix : PREFIXES) {
            for (String mark : List.of("redirect", "metacopy")) {
                try {
                    if (Files.lgetxattr(folder, name, Files.name(prefix + mark)).isPresent()) {
                        throw new IOException(LayerPath.shown(path) + " has the attribute " + prefix
                                + mark + ": turn the overlay module's redirect_dir and metacopy off"
                                + " (/sys/module/overlay/parameters) and copy the tree afresh");
                    }
                } catch (SystemCallException e) {
                    if (!e.is(Errno.ENOENT)) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * Writes the changes as a layer (OCI image-spec layer.md): whiteouts as files {@code .wh.NAME}.
     *
     * @param upper open upper folder
     * @throws IOException also for a file whose own name would be read as a whiteout
     */
    public static void write(List<Change> changes, int upper, TreeArchive archive)
            throws IOException {
        FileStatus root = Files.statx(upper, NOTHING);
        archive.folderOnly(upper, root, ITSELF);
        for (Change change : changes) {
            LayerPath path = LayerPath.of(LayerPath.bytes(change.path()));
            if (path.role() != LayerPath.Role.CONTENT) {
                throw new IOException(path + " cannot be in a layer: names that begin with .wh. mean"
                        + " deleted files there; rename it, then commit again");
            }
            if (change.isHidden()) {
                continue;
            }
            byte[] name = LayerPath.bytes(path.bytesAsText());
            if (change.kind() == Kind.DELETED) {
                archive.mark(LayerPath.bytes(inFolder(path.folder(), ".wh." + path.name())), root);
                continue;
            }
            try {
                entry(change, path, name, upper, archive, root);
            } catch (SystemCallException e) {
                // What went meanwhile is not there any more.
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    private static String inFolder(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    private static void entry(Change change, LayerPath path, byte[] name, int upper,
            TreeArchive archive, FileStatus root) throws IOException {
        String folder = change.isFolder() ? path.bytesAsText() : path.folder();
        int open = Files.openat2(upper, folder.isEmpty() ? ITSELF : LayerPath.bytes(folder),
                FileFlags.O_PATH | Files.O_DIRECTORY, 0,
                FileFlags.RESOLVE_BENEATH | FileFlags.RESOLVE_NO_SYMLINKS);
        try {
            if (!change.isFolder()) {
                archive.child(open, root, path.nameBytes(), name, 0);
                return;
            }
            archive.folderOnly(open, Files.statx(open, NOTHING), name);
            if (change.isOpaque()) {
                archive.mark(LayerPath.bytes(inFolder(folder, ".wh..wh..opq")), root);
            }
        } finally {
            Files.close(open);
        }
    }
}
