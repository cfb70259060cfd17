package runtime.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.OwnUserNamespace;
import linux.syscall.SystemCallException;
import runtime.image.LayerPath;
import runtime.image.TarEntry;
import runtime.image.TarEntry.Extent;
import runtime.image.TarFormatException;

/**
 * Makes the files of a layer's archive in a folder, as lower directory of an overlay mount (OCI
 * image-spec layer.md; Documentation/filesystems/overlayfs.rst): every kind of file, owners by
 * number, attributes, holes, times; whiteouts become character devices 0/0 and opaque folders get
 * {@code trusted.overlay.opaque=y}.
 *
 * <p>No entry can reach outside: folders come from {@link LayerFolders}, and a file is made by its
 * name alone inside one, never through a link.
 */
final class LayerUnpacker implements AutoCloseable {
    private static final byte[] OPAQUE =
            Files.name(OwnUserNamespace.overlayAttributes() + "opaque");
    private static final byte[] YES = {'y'};
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int FOLDER_MODE = 0700;
    private static final int PERMISSIONS = 0777;

    private final UnpackLimits limits;
    private final LayerFolders folders;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment nativeBuffer = arena.allocate(BUFFER_BYTES);
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** Set last, since making a file in a folder changes its time. */
    private final Map<LayerPath, TarEntry> folderEntries = new LinkedHashMap<>();
    private long entries;
    private long specialFiles;

    /** @param root an open, empty folder, closed by who opened it */
    LayerUnpacker(int root, UnpackLimits limits) {
        this.folders = new LayerFolders(root);
        this.limits = limits;
    }

    @Override
    public void close() throws IOException {
        try (arena) {
            folders.close();
        }
    }

    /** Entries made so far. */
    long entries() {
        return entries;
    }

    /**
     * Makes everything in the archive.
     *
     * @throws IOException that names the entry it failed at
     */
    void unpack(TarReader archive) throws IOException {
        for (Optional<TarEntry> entry = archive.next(); entry.isPresent();
                entry = archive.next()) {
            if (++entries > limits.entries()) {
                throw new ImageException(ImageException.Reason.LIMIT,
                        "the archive has more than " + limits.entries() + " entries");
            }
            try {
                make(entry.get(), archive);
            } catch (SystemCallException e) {
                throw failure(entry.get(), e);
            }
        }
        for (Map.Entry<LayerPath, TarEntry> folder : folderEntries.entrySet()) {
            try {
                finishFolder(folder.getKey(), folder.getValue());
            } catch (SystemCallException e) {
                throw failure(folder.getValue(), e);
            }
        }
    }

    private static ImageException failure(TarEntry entry, SystemCallException cause) {
        boolean full = cause.is(Errno.ENOSPC) || cause.is(Errno.EDQUOT);
        return new ImageException(full ? ImageException.Reason.DISK_FULL
                : ImageException.Reason.HOST, "cannot unpack " + entry.shownName() + ": "
                + cause.getMessage() + (full ? "; make room, then try again" : ""), cause);
    }

    private void make(TarEntry entry, TarReader archive) throws IOException {
        LayerPath path = LayerPath.of(entry.name());
        if (path.isRoot()) {
            if (entry.kind() != TarEntry.Kind.DIRECTORY) {
                throw new TarFormatException("the archive replaces its root by something else");
            }
            folderEntries.put(path, entry);
            return;
        }
        switch (path.role()) {
            case CONTENT -> makeContent(path, entry, archive);
            case WHITEOUT -> makeWhiteout(path.hidden());
            case OPAQUE_WHITEOUT -> Files.fsetxattr(folders.open(path.folder()), OPAQUE, YES);
            case AUFS_METADATA -> { }
        }
    }

    private void makeContent(LayerPath path, TarEntry entry, TarReader archive)
            throws IOException {
        int folder = folders.open(path.folder());
        byte[] name = path.nameBytes();
        switch (entry.kind()) {
            case FILE -> makeFile(folder, name, entry, archive);
            case DIRECTORY -> makeFolder(folder, path, entry);
            case SYMBOLIC_LINK -> {
                inPlaceOfOld(folder, name, () -> Files.symlinkat(entry.link(), folder, name));
                finishByName(folder, name, entry);
            }
            case HARD_LINK -> makeHardLink(path, entry);
            case CHARACTER_DEVICE -> makeSpecial(folder, name, entry, FileFlags.S_IFCHR);
            case BLOCK_DEVICE -> makeSpecial(folder, name, entry, FileFlags.S_IFBLK);
            case FIFO -> makeSpecial(folder, name, entry, FileFlags.S_IFIFO);
        }
    }

    private void makeFile(int folder, byte[] name, TarEntry entry, TarReader archive)
            throws IOException {
        int file = openNew(folder, name, entry);
        try {
            if (entry.extents().isPresent()) {
                writeSparse(file, entry, archive);
            } else {
                write(file, archive, entry.storedBytes());
            }
            finish(file, entry);
        } finally {
            Files.close(file);
        }
    }

    private int openNew(int folder, byte[] name, TarEntry entry) throws IOException {
        int flags = FileFlags.O_CREAT | FileFlags.O_EXCL | FileFlags.O_WRONLY | Files.O_NOFOLLOW;
        int mode = entry.mode() & PERMISSIONS;
        try {
            return Files.openat(folder, name, flags, mode);
        } catch (SystemCallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        removeOld(folder, name);
        return Files.openat(folder, name, flags, mode);
    }

    private void write(int file, TarReader archive, long count) throws IOException {
        for (long left = count; left > 0; ) {
            int filled = 0;
            int wanted = (int) Math.min(left, BUFFER_BYTES);
            while (filled < wanted) {
                filled += Math.max(0, archive.read(buffer, filled, wanted - filled));
            }
            MemorySegment.copy(buffer, 0, nativeBuffer, ValueLayout.JAVA_BYTE, 0, filled);
            Files.write(file, nativeBuffer.asSlice(0, filled));
            left -= filled;
        }
    }

    private void writeSparse(int file, TarEntry entry, TarReader archive) throws IOException {
        for (Extent extent : entry.extents().orElseThrow()) {
            Files.lseek(file, extent.offset(), FileFlags.SEEK_SET);
            write(file, archive, extent.lengthBytes());
        }
        Files.ftruncate(file, entry.sizeBytes());
    }

    private void makeFolder(int folder, LayerPath path, TarEntry entry) throws IOException {
        byte[] name = path.nameBytes();
        try {
            Files.mkdirat(folder, name, FOLDER_MODE);
        } catch (SystemCallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            FileStatus old = Files.statx(folder, name);
            if (!old.isDirectory()) {
                removeOld(folder, name);
                Files.mkdirat(folder, name, FOLDER_MODE);
            }
            if (old.isWhiteout()) {
                // The whiteout hid what lies below, and must go on hiding it.
                Files.lsetxattr(folder, name, OPAQUE, YES);
            }
        }
        folderEntries.remove(path);
        folderEntries.put(path, entry);
    }

    private void makeHardLink(LayerPath path, TarEntry entry) throws IOException {
        LayerPath target = LayerPath.of(entry.link());
        Optional<Integer> targetFolder = folders.find(target.folder());
        Optional<FileStatus> status = targetFolder.isEmpty() || target.isRoot() ? Optional.empty()
                : Files.find(targetFolder.get(), target.nameBytes());
        if (status.isEmpty()) {
            throw new ImageException(ImageException.Reason.MALFORMED, "hard link " + path
                    + " points to " + entry.shownLink() + ", which is not in the same layer");
        }
        if (status.get().isDirectory()) {
            throw new ImageException(ImageException.Reason.MALFORMED, "hard link " + path
                    + " points to " + entry.shownLink() + ", which is a folder");
        }
        int folder = folders.open(path.folder());
        byte[] name = path.nameBytes();
        Optional<FileStatus> old = Files.find(folder, name);
        boolean same = old.isPresent() && old.get().inode() == status.get().inode();
        if (same) {
            return;
        }
        if (old.isPresent()) {
            removeOld(folder, name);
        }
        // Removing may have closed the folders.
        Files.linkat(folders.find(target.folder()).orElseThrow(), target.nameBytes(),
                folders.open(path.folder()), name);
    }

    private void makeSpecial(int folder, byte[] name, TarEntry entry, int type)
            throws IOException {
        if (++specialFiles > limits.specialFiles()) {
            throw new ImageException(ImageException.Reason.LIMIT, "the archive has more than "
                    + limits.specialFiles() + " devices and FIFOs");
        }
        int device = 0;
        if (type != FileFlags.S_IFIFO) {
            try {
                device = FileFlags.device(entry.major(), entry.minor());
            } catch (IllegalArgumentException e) {
                throw new ImageException(ImageException.Reason.MALFORMED,
                        entry.shownName() + " in the archive: " + e.getMessage(), e);
            }
        }
        int number = device;
        int mode = type | entry.mode() & PERMISSIONS;
        inPlaceOfOld(folder, name, () -> Files.mknodat(folder, name, mode, number));
        finishByName(folder, name, entry);
    }

    private void makeWhiteout(LayerPath hidden) throws IOException {
        int folder = folders.open(hidden.folder());
        byte[] name = hidden.nameBytes();
        Optional<FileStatus> old = Files.find(folder, name);
        if (old.isEmpty()) {
            Files.mknodat(folder, name, FileFlags.S_IFCHR, 0);
        } else if (old.get().isDirectory()) {
            // A whiteout is about the layers below, not about what this layer has itself.
            Files.lsetxattr(folder, name, OPAQUE, YES);
        }
    }

    /** A call that makes a file by name. */
    private interface Creation {
        void run() throws SystemCallException;
    }

    private void inPlaceOfOld(int folder, byte[] name, Creation creation) throws IOException {
        try {
            creation.run();
        } catch (SystemCallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            removeOld(folder, name);
            creation.run();
        }
    }

    /** Removes what an earlier entry made; the folder's descriptor stays good for this entry. */
    private void removeOld(int folder, byte[] name) throws IOException {
        TreeRemoval.remove(folder, name);
        folders.forgetAllBut(folder);
    }

    /** The name an archive's attribute gets here: that of an opaque folder depends on who mounts it. */
    private static byte[] attributeName(String attribute) {
        return attribute.equals(AttributePolicy.OPAQUE) ? OPAQUE : Files.name(attribute);
    }

    /** A user namespace has only so many ids; the kernel's word for another one is EINVAL. */
    private static IOException unowned(TarEntry entry, SystemCallException refused) {
        return !refused.is(Errno.EINVAL) || OwnUserNamespace.isInitial() ? refused
                : new ImageException(ImageException.Reason.HOST, entry.shownName()
                        + " in the archive belongs to user " + entry.userId() + " and group "
                        + entry.groupId() + ", and this agent's user has fewer ids: give him a longer range"
                        + " in /etc/subuid and /etc/subgid (usermod --add-subuids, --add-subgids), end his"
                        + " agent and containers, and start it again", refused);
    }

    /** Owner first, since a change of it clears setuid bits and file capabilities. */
    private void finish(int file, TarEntry entry) throws IOException {
        boolean foreign = entry.userId() != 0 || entry.groupId() != 0;
        if (foreign) {
            try {
                Files.fchown(file, entry.userId(), entry.groupId());
            } catch (SystemCallException refused) {
                throw unowned(entry, refused);
            }
        }
        int special = entry.mode() & ~PERMISSIONS;
        if (special != 0 || (entry.mode() & ProcessMask.UMASK) != 0) {
            Files.fchmod(file, entry.mode());
        }
        for (Map.Entry<String, byte[]> attribute : entry.attributes().entrySet()) {
            if (AttributePolicy.isKept(entry, attribute.getKey())) {
                Files.fsetxattr(file, attributeName(attribute.getKey()), attribute.getValue());
            }
        }
        Files.futimens(file, entry.seconds(), entry.nanoseconds());
    }

    private static void finishByName(int folder, byte[] name, TarEntry entry)
            throws IOException {
        if (entry.userId() != 0 || entry.groupId() != 0) {
            try {
                Files.fchownat(folder, name, entry.userId(), entry.groupId());
            } catch (SystemCallException refused) {
                throw unowned(entry, refused);
            }
        }
        if (entry.kind() != TarEntry.Kind.SYMBOLIC_LINK) {
            Files.fchmodat(folder, name, entry.mode());
        }
        for (Map.Entry<String, byte[]> attribute : entry.attributes().entrySet()) {
            if (AttributePolicy.isKept(entry, attribute.getKey())) {
                Files.lsetxattr(folder, name, attributeName(attribute.getKey()),
                        attribute.getValue());
            }
        }
        Files.utimensat(folder, name, entry.seconds(), entry.nanoseconds());
    }

    private void finishFolder(LayerPath path, TarEntry entry) throws IOException {
        Optional<Integer> descriptor = path.isRoot() ? Optional.of(folders.root()) : open(path);
        if (descriptor.isEmpty()) {
            return;
        }
        try {
            try {
                Files.fchown(descriptor.get(), entry.userId(), entry.groupId());
            } catch (SystemCallException refused) {
                throw unowned(entry, refused);
            }
            Files.fchmod(descriptor.get(), entry.mode());
            for (Map.Entry<String, byte[]> attribute : entry.attributes().entrySet()) {
                if (AttributePolicy.isKept(entry, attribute.getKey())) {
                    Files.fsetxattr(descriptor.get(), attributeName(attribute.getKey()),
                            attribute.getValue());
                }
            }
            Files.futimens(descriptor.get(), entry.seconds(), entry.nanoseconds());
        } finally {
            if (!path.isRoot()) {
                Files.close(descriptor.get());
            }
        }
    }

    /** The folder if it is still one: a later entry may have put something else in its place. */
    private Optional<Integer> open(LayerPath path) throws IOException {
        Optional<Integer> folder = folders.find(path.folder());
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.openat(folder.get(), path.nameBytes(),
                    FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0));
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
