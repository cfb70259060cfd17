package runtime.files;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.FileStatus;
import linux.syscall.Files;
import linux.syscall.Mounts;
import linux.syscall.SystemCallException;
import runtime.image.TarEntry;
import runtime.image.TarEntry.Kind;
import runtime.store.TarWriter;

/**
 * Writes trees as a tar archive. A tree is walked from an open folder, each entry opened by its name alone
 * and never through a link; what an entry is, is asked of the open file. So whoever changes the tree
 * meanwhile decides what of it is read, but never makes anything outside of it be read.
 *
 * <p>Sockets have no place in an archive and are left out. What the kernel makes up (proc, sysfs …) is
 * taken for an empty folder.
 */
public final class TreeArchive implements AutoCloseable {
    private static final int DEPTH_LIMIT = 1000;
    private static final int PATH_LIMIT_BYTES = 4095;
    /** Files of several names that are remembered; beyond that a second name is a second file. */
    private static final int LINKS_LIMIT = 200_000;
    private static final byte[] ITSELF = {'.'};
    private static final byte[] NOTHING = {};

    private final TarWriter tar;
    private final IdShift ids;
    private final Attributes attributes;
    private final Map<Inode, byte[]> linked = new HashMap<>();
    private long contentBytes;

    private record Inode(long device, long number) {}

    private TreeArchive(OutputStream out, IdShift ids, Attributes attributes) {
        this.tar = new TarWriter(out);
        this.ids = ids;
        this.attributes = attributes;
    }

    /**
     * One of files to be copied: with the attributes of their users, and file capabilities, which are for
     * the receiver to take or leave.
     *
     * @param out stays open
     * @param ids owners in the archive are those inside
     */
    public static TreeArchive ofCopies(OutputStream out, IdShift ids) {
        return new TreeArchive(out, ids, Attributes.COPY);
    }

    /** One that holds all there is to a root file system, file capabilities included. */
    public static TreeArchive ofRoot(OutputStream out, IdShift ids) {
        return new TreeArchive(out, ids, Attributes.ALL);
    }

    /** Bytes of files written so far. */
    public long contentBytes() {
        return contentBytes;
    }

    /**
     * Adds a file or a whole tree.
     *
     * @param file open, may be a mere place (O_PATH)
     * @param name of the first entry; {@code .} for the content of a folder
     */
    public void add(int file, byte[] name) throws IOException {
        FileStatus status = Files.statx(file, NOTHING);
        if (status.isDirectory()) {
            if (isMadeUp(file)) {
                throw new IOException("a folder of the kernel's own (such as /proc) has no files to"
                        + " copy; read them inside the container");
            }
            Map<String, byte[]> values = attributes.read(file, ITSELF, ids);
            folder(file, status, values, name, 0);
        } else {
            if (status.isRegularFile() && isMadeUp(file)) {
                throw new IOException("a file of the kernel's own (such as those of /proc) has no"
                        + " length to copy; read it inside the container");
            }
            other(file, status, status.isSymbolicLink() ? Map.of() : attributes.read(file, ids), name);
        }
    }

    /** Adds what is in a folder, each entry under its own name. */
    public void addContent(int folder) throws IOException {
        FileStatus status = Files.statx(folder, NOTHING);
        int open = Files.openat(folder, ITSELF, FileFlags.O_RDONLY | Files.O_DIRECTORY, 0);
        try {
            List<byte[]> children = Files.list(open);
            children.sort(Arrays::compareUnsigned);
            for (byte[] child : children) {
                child(open, status, child, child, 0);
            }
        } finally {
            Files.close(open);
        }
    }

    /** Adds an entry in a folder; nothing if it is gone. */
    void child(int folder, FileStatus above, byte[] child, byte[] name, int depth)
            throws IOException {
        int file;
        try {
            file = Files.openat(folder, child, FileFlags.O_PATH | Files.O_NOFOLLOW, 0);
        } catch (SystemCallException e) {
            if (e.is(Errno.ENOENT)) {
                return;
            }
            throw e;
        }
        try {
            FileStatus status = Files.statx(file, NOTHING);
            boolean mounted = status.isDirectory() && status.device() != above.device();
            Map<String, byte[]> values = attributes.read(folder, child, ids);
            if (mounted && isMadeUp(file)) {
                entry(Kind.DIRECTORY, status, values, folderName(name), NOTHING, 0, null);
            } else if (status.isDirectory()) {
                folder(file, status, values, name, depth);
            } else {
                other(file, status, values, name);
            }
        } finally {
            Files.close(file);
        }
    }

    private void folder(int file, FileStatus status, Map<String, byte[]> values, byte[] name,
            int depth) throws IOException {
        if (depth > DEPTH_LIMIT || name.length > PATH_LIMIT_BYTES) {
            throw new IOException("the tree is too deep to archive: more than " + DEPTH_LIMIT
                    + " folders within one another, or paths over " + PATH_LIMIT_BYTES + " bytes");
        }
        entry(Kind.DIRECTORY, status, values, folderName(name), NOTHING, 0, null);
        int open = Files.openat(file, ITSELF, FileFlags.O_RDONLY | Files.O_DIRECTORY, 0);
        try {
            List<byte[]> children = Files.list(open);
            children.sort(Arrays::compareUnsigned);
            for (byte[] child : children) {
                child(open, status, child, below(name, child), depth + 1);
            }
        } finally {
            Files.close(open);
        }
    }

    static byte[] below(byte[] folder, byte[] name) {
        byte[] path = Arrays.copyOf(folder, folder.length + 1 + name.length);
        path[folder.length] = '/';
        System.arraycopy(name, 0, path, folder.length + 1, name.length);
        return path;
    }

    private static byte[] folderName(byte[] name) {
        byte[] named = Arrays.copyOf(name, name.length + 1);
        named[name.length] = '/';
        return named;
    }

    private void other(int file, FileStatus status, Map<String, byte[]> values, byte[] name)
            throws IOException {
        int type = status.mode() & FileFlags.S_IFMT;
        if (type == FileFlags.S_IFSOCK) {
            return;
        }
        if (status.links() > 1) {
            Inode inode = new Inode(status.device(), status.inode());
            byte[] first = linked.get(inode);
            if (first != null) {
                entry(Kind.HARD_LINK, status, Map.of(), name, first, 0, null);
                return;
            }
            if (linked.size() < LINKS_LIMIT) {
                linked.put(inode, name);
            }
        }
        switch (type) {
            case FileFlags.S_IFREG -> content(file, status, values, name);
            case FileFlags.S_IFLNK -> entry(Kind.SYMBOLIC_LINK, status, values, name,
                    Files.readlinkat(file, NOTHING), 0, null);
            case FileFlags.S_IFIFO -> entry(Kind.FIFO, status, values, name, NOTHING, 0, null);
            case FileFlags.S_IFCHR ->
                    entry(Kind.CHARACTER_DEVICE, status, values, name, NOTHING, 0, null);
            case FileFlags.S_IFBLK ->
                    entry(Kind.BLOCK_DEVICE, status, values, name, NOTHING, 0, null);
            default -> throw new IOException("a file of the unknown type 0"
                    + Integer.toOctalString(type));
        }
    }

    /** It is known to be a regular file, so that opening it neither waits nor does anything. */
    private void content(int file, FileStatus status, Map<String, byte[]> values, byte[] name)
            throws IOException {
        try (InputStream in = new FileInputStream("/proc/self/fd/" + file)) {
            entry(Kind.FILE, status, values, name, NOTHING, status.sizeBytes(), in);
        }
        contentBytes += status.sizeBytes();
    }

    private void entry(Kind kind, FileStatus status, Map<String, byte[]> values, byte[] name,
            byte[] link, long sizeBytes, InputStream content) throws IOException {
        boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
        tar.write(new TarEntry(kind, name, link, status.mode() & 07777,
                ids.inside(status.userId()), ids.inside(status.groupId()), sizeBytes, sizeBytes,
                status.seconds(), status.nanoseconds(), device ? status.major() : 0,
                device ? status.minor() : 0, values, Optional.empty()), content);
    }

    /** Writes an entry of no file: an empty one of that name, such as a whiteout. */
    void mark(byte[] name, FileStatus like) throws IOException {
        tar.write(new TarEntry(Kind.FILE, name, NOTHING, 0600, 0, 0, 0, 0, like.seconds(), 0, 0, 0,
                Map.of(), Optional.empty()), InputStream.nullInputStream());
    }

    /** Writes one entry for a folder alone. */
    void folderOnly(int file, FileStatus status, byte[] name) throws IOException {
        entry(Kind.DIRECTORY, status, attributes.read(file, ITSELF, ids), folderName(name), NOTHING,
                0, null);
    }

    /** {@code statfs(2)}: proc, sysfs, cgroup, cgroup2, devpts, mqueue, securityfs, debugfs, tracefs, bpf. */
    private static final Set<Long> MADE_UP = Set.of(0x9FA0L, 0x62656572L, 0x27E0EBL, 0x63677270L,
            0x1CD1L, 0x19800202L, 0x73636673L, 0x64626720L, 0x74726163L, 0xCAFE4A11L);

    private static boolean isMadeUp(int file) throws SystemCallException {
        return MADE_UP.contains(Mounts.fileSystemType(file) & 0xFFFF_FFFFL);
    }

    /** Writes the end mark. */
    @Override
    public void close() throws IOException {
        tar.close();
    }
}
