package runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.image.LayerPath;
import runtime.image.TarEntry;
import runtime.image.TarFormatException;
import runtime.store.TarReader;

/**
 * Makes the files of an archive below an open folder. Every folder on the way is opened by its name alone
 * and must be one: no link is followed, neither one of the archive nor one that somebody puts there
 * meanwhile. A file is made under a name of its own and renamed once it is whole, so that a failure leaves
 * the old one.
 *
 * <p>As docker's: a folder takes no other kind of file's place, nor the other way round. Devices are not
 * made.
 */
public final class TreeUnpacker implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long ENTRIES_LIMIT = 10_000_000;
    private static final int SKIPPED_LIMIT = 10;
    private static final byte[] ITSELF = {'.'};

    private final UnpackFolders open;
    private final UnpackRules rules;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment nativeBuffer = arena.allocate(BUFFER_BYTES);
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** Set last: making a file in a folder changes its time, and its mode may forbid it. */
    private final Map<LayerPath, TarEntry> folders = new LinkedHashMap<>();
    private final List<String> skipped = new ArrayList<>();
    private long entries;
    private long contentBytes;

    /** @param root an open folder that stays open */
    public TreeUnpacker(int root, UnpackRules rules) {
        this.open = new UnpackFolders(root, rules);
        this.rules = rules;
    }

    /** Bytes of files made so far. */
    public long contentBytes() {
        return contentBytes;
    }

    /** Sentences about entries that were left out, the first few. */
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * Makes everything in the archive; what came before a failure stays.
     *
     * @throws TarFormatException if the archive is damaged or one of its names leads out of the folder
     * @throws UnpackException    if an entry cannot be made, with its name
     */
    public void unpack(InputStream archive) throws IOException {
        TarReader tar = new TarReader(archive);
        for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
            if (++entries > ENTRIES_LIMIT) {
                throw new TarFormatException("the archive has more than " + ENTRIES_LIMIT
                        + " entries");
            }
            TarEntry entry = next.get();
            try {
                make(entry, tar);
            } catch (SystemCallException e) {
                throw UnpackException.of(entry, e);
            }
        }
        List<LayerPath> paths = new ArrayList<>(folders.keySet());
        for (LayerPath path : paths.reversed()) {
            try {
                finishFolder(path, folders.get(path));
            } catch (SystemCallException e) {
                throw UnpackException.of(folders.get(path), e);
            }
        }
    }

    private void make(TarEntry entry, TarReader tar) throws IOException {
        LayerPath path = LayerPath.of(entry.name());
        if (path.isRoot()) {
            if (entry.kind() != TarEntry.Kind.DIRECTORY) {
                throw new TarFormatException("the archive replaces its root by something else");
            }
            if (rules.root()) {
                folders.put(path, entry);
            }
            return;
        }
        int folder = open.folder(path.folder());
        byte[] name = path.nameBytes();
        switch (entry.kind()) {
            case FILE -> file(folder, name, entry, tar);
            case DIRECTORY -> folder(folder, path, entry);
            case SYMBOLIC_LINK -> replace(folder, name, entry,
                    fresh -> Files.symlinkat(entry.link(), folder, fresh), true);
            case HARD_LINK -> hardLink(path, entry);
            case FIFO -> replace(folder, name, entry,
                    fresh -> Files.mknodat(folder, fresh,
                            FileFlags.S_IFIFO | entry.mode() & 0777, 0), true);
            case CHARACTER_DEVICE, BLOCK_DEVICE -> skip("the device " + entry.shownName());
        }
    }

    private void skip(String what) {
        if (skipped.size() < SKIPPED_LIMIT) {
            skipped.add("left out " + what);
        } else if (skipped.size() == SKIPPED_LIMIT) {
            skipped.add("left out more like these");
        }
    }

    /** Makes something of a name that is free. */
    private interface Making {
        void make(byte[] fresh) throws IOException;
    }

    /** Makes it under a fresh name, gives it owner and time of its own, and puts it in its place. */
    private void replace(int folder, byte[] name, TarEntry entry, Making making, boolean owned)
            throws IOException {
        refuseFolder(folder, name, entry);
        if (isMounted(folder, name)) {
            throw new UnpackException("cannot replace " + entry.shownName()
                    + ": something is mounted there", null);
        }
        byte[] fresh = freshName();
        try {
            making.make(fresh);
            if (owned) {
                finishByName(folder, fresh, entry);
            }
            Files.renameat2(folder, fresh, folder, name, 0);
        } finally {
            // Also after success: of two names of one file rename(2) leaves both.
            removeIfThere(folder, fresh);
        }
    }

    private static void refuseFolder(int folder, byte[] name, TarEntry entry) throws IOException {
        Optional<FileStatus> old = Files.find(folder, name);
        if (old.isPresent() && old.get().isDirectory()) {
            throw new UnpackException("cannot overwrite the directory " + entry.shownName()
                    + " with a file; remove it first", null);
        }
    }

    /**
     * Whether a file is mounted on the name. rename(2) would not refuse to replace one that is mounted in
     * another mount namespace, a container's, but unmount it there.
     */
    private static boolean isMounted(int folder, byte[] name) throws SystemCallException {
        try {
            Files.close(Files.openat2(folder, name, FileFlags.O_PATH | Files.O_NOFOLLOW, 0,
                    FileFlags.RESOLVE_NO_XDEV));
            return false;
        } catch (SystemCallException e) {
            if (e.is(Errno.EXDEV)) {
                return true;
            }
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static byte[] freshName() {
        return Files.name(".jctl-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    private static void removeIfThere(int folder, byte[] name) throws SystemCallException {
        try {
            Files.unlinkat(folder, name, 0);
        } catch (SystemCallException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EROFS)) {
                throw e;
            }
        }
    }

    private void file(int folder, byte[] name, TarEntry entry, TarReader tar) throws IOException {
        refuseFolder(folder, name, entry);
        byte[] fresh = freshName();
        try {
            int file = Files.openat(folder, fresh, FileFlags.O_CREAT | FileFlags.O_EXCL
                    | FileFlags.O_RDWR | Files.O_NOFOLLOW, 0600);
            try {
                fill(file, entry, tar);
                finish(file, entry);
                if (isMounted(folder, name)) {
                    overwrite(folder, name, file, entry);
                } else {
                    Files.renameat2(folder, fresh, folder, name, 0);
                }
            } finally {
                Files.close(file);
            }
        } finally {
            removeIfThere(folder, fresh);
        }
        contentBytes += entry.sizeBytes();
    }

    /** A file that is mounted, as /etc/hosts is, cannot be replaced, but written. */
    private void overwrite(int folder, byte[] name, int source, TarEntry entry)
            throws IOException {
        int file = Files.openat(folder, name, FileFlags.O_WRONLY | FileFlags.O_NONBLOCK
                | FileFlags.O_NOCTTY | Files.O_NOFOLLOW, 0);
        try {
            if (!Files.statx(file, new byte[0]).isRegularFile()) {
                throw new UnpackException("cannot write to " + entry.shownName()
                        + ": something that is no file is mounted there", null);
            }
            Files.ftruncate(file, 0);
            Files.lseek(source, 0, FileFlags.SEEK_SET);
            for (long count = Files.read(source, nativeBuffer); count > 0;
                    count = Files.read(source, nativeBuffer)) {
                Files.write(file, nativeBuffer.asSlice(0, count));
            }
        } finally {
            Files.close(file);
        }
    }

    private void fill(int file, TarEntry entry, TarReader tar) throws IOException {
        if (entry.extents().isEmpty()) {
            write(file, tar, entry.storedBytes());
            return;
        }
        for (TarEntry.Extent extent : entry.extents().get()) {
            Files.lseek(file, extent.offset(), FileFlags.SEEK_SET);
            write(file, tar, extent.lengthBytes());
        }
        Files.ftruncate(file, entry.sizeBytes());
    }

    private void write(int file, TarReader tar, long count) throws IOException {
        for (long left = count; left > 0; ) {
            int wanted = (int) Math.min(left, BUFFER_BYTES);
            int filled = 0;
            while (filled < wanted) {
                filled += Math.max(0, tar.read(buffer, filled, wanted - filled));
            }
            MemorySegment.copy(buffer, 0, nativeBuffer, ValueLayout.JAVA_BYTE, 0, filled);
            Files.write(file, nativeBuffer.asSlice(0, filled));
            left -= filled;
        }
    }

    private void folder(int folder, LayerPath path, TarEntry entry) throws IOException {
        byte[] name = path.nameBytes();
        try {
            Files.mkdirat(folder, name, 0700);
        } catch (SystemCallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            if (!Files.statx(folder, name).isDirectory()) {
                throw new UnpackException("cannot overwrite " + entry.shownName()
                        + ", which is no directory, with a directory; remove it first", e);
            }
        }
        folders.remove(path);
        folders.put(path, entry);
    }

    private void hardLink(LayerPath path, TarEntry entry) throws IOException {
        LayerPath target = LayerPath.of(entry.link());
        if (target.isRoot()) {
            throw new TarFormatException("hard link " + path + " points to the root");
        }
        int from = open.another(target.folder());
        try {
            int folder = open.folder(path.folder());
            byte[] name = path.nameBytes();
            replace(folder, name, entry,
                    fresh -> Files.linkat(from, target.nameBytes(), folder, fresh), false);
        } finally {
            Files.close(from);
        }
    }

    private int owner(int id, TarEntry entry) throws IOException {
        if (rules.owners() != UnpackRules.Owners.KEPT) {
            return rules.ids().outside(0);
        }
        if (!rules.ids().has(id)) {
            throw new UnpackException(entry.shownName() + " belongs to id "
                    + Integer.toUnsignedString(id) + ", which the container's user namespace does not"
                    + " have; copy without keeping owners", null);
        }
        return rules.ids().outside(id);
    }

    /** Owner first: a change of it clears setuid bits and file capabilities. */
    private void finish(int file, TarEntry entry) throws IOException {
        if (rules.isOwned()) {
            Files.fchown(file, owner(entry.userId(), entry), owner(entry.groupId(), entry));
        }
        Files.fchmod(file, rules.mode(entry.mode()));
        for (Map.Entry<String, byte[]> attribute : entry.attributes().entrySet()) {
            if (rules.attributes().has(attribute.getKey())) {
                setAttribute(file, attribute, entry);
            }
        }
        Files.futimens(file, entry.seconds(), entry.nanoseconds());
    }

    /** What the file system cannot hold, or the caller not set, is not worth a failed copy, as cp(1) has it. */
    private void setAttribute(int file, Map.Entry<String, byte[]> attribute, TarEntry entry)
            throws SystemCallException {
        boolean capability = attribute.getKey().equals(Attributes.CAPABILITY);
        try {
            Files.fsetxattr(file, Files.name(attribute.getKey()), capability
                    ? Attributes.namespaced(attribute.getValue(), rules.ids())
                    : attribute.getValue());
        } catch (SystemCallException e) {
            if (capability && e.is(Errno.EPERM)) {
                skip("the capabilities of " + entry.shownName() + ", which only root may set");
            } else if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
    }

    private void finishByName(int folder, byte[] name, TarEntry entry) throws IOException {
        if (rules.isOwned()) {
            Files.fchownat(folder, name, owner(entry.userId(), entry),
                    owner(entry.groupId(), entry));
        }
        Files.utimensat(folder, name, entry.seconds(), entry.nanoseconds());
    }

    /** Nothing if it is no folder any more. */
    private void finishFolder(LayerPath path, TarEntry entry) throws IOException {
        int folder;
        try {
            folder = Files.openat(open.folder(path.folder()), path.isRoot() ? ITSELF : path.nameBytes(),
                    FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return;
            }
            throw e;
        }
        try {
            finish(folder, entry);
        } finally {
            Files.close(folder);
        }
    }

    @Override
    public void close() throws IOException {
        try (arena) {
            open.close();
        }
    }
}
