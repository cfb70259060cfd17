package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import linux.abi.CloneFlag;
import linux.abi.FileFlags;
import linux.abi.Flag;
import linux.abi.MountAttribute;
import linux.abi.SystemCall;
import linux.abi.TreeFlag;
import linux.abi.UnmountFlag;

/**
 * Mount calls. Most are for a thread that works in a mount namespace of its own ({@link #unshare}):
 * nothing it mounts is seen by anyone else, and all of it is gone when the thread has ended.
 */
public final class Mounts {
    /** {@code struct statfs} ({@code statfs(2)}); its first field is the type. */
    private static final int STATFS_BYTES = 120;
    private static final int STATFS_BLOCKS_OFFSET = 16;
    private static final int STATFS_AVAILABLE_OFFSET = 32;
    private static final int STATFS_BLOCK_SIZE_OFFSET = 72;
    private static final int STATFS_FLAGS_OFFSET = 80;
    private static final long ST_RDONLY = 1;
    /** {@code struct mount_attr} ({@code mount_setattr(2)}). */
    private static final int MOUNT_ATTR_BYTES = 32;
    private static final int USERNS_FD_OFFSET = 24;

    private Mounts() {}

    /** {@code unshare(2)} of the calling thread, which must be a platform thread and soon end. */
    public static void unshare(CloneFlag what) throws SystemCallException {
        Kernel.check(SystemCall.UNSHARE, what.name(), what.value());
    }

    /** {@code mount(2)}; {@code data} may be empty. */
    public static void mount(String source, String target, String type,
            List<? extends Flag> flags, String data) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.MOUNT, "\"" + source + "\", \"" + target + "\", \"" + type + "\", "
                    + flags + ", \"" + data + "\"", arena.allocateFrom(source).address(),
                    arena.allocateFrom(target).address(), arena.allocateFrom(type).address(),
                    flags.stream().mapToLong(Flag::value).reduce(0, (one, other) -> one | other),
                    data.isEmpty() ? 0 : arena.allocateFrom(data).address());
        }
    }

    /** {@code setns(2)} of the calling thread, which shares its root and working folder with nobody. */
    public static void enter(int mountNamespace) throws SystemCallException {
        Kernel.check(SystemCall.SETNS, mountNamespace + ", CLONE_NEWNS", mountNamespace,
                CloneFlag.CLONE_NEWNS.value());
    }

    /** {@code chdir(2)} of a thread that shares its working folder with nobody. */
    public static void chdir(String folder) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.CHDIR, "\"" + folder + "\"",
                    arena.allocateFrom(folder).address());
        }
    }

    /**
     * {@code open_tree(2)} with OPEN_TREE_CLONE: a mount of a file or folder without a place yet.
     *
     * @param recursive with the mounts below it
     */
    public static int cloneTree(String path, boolean recursive) throws SystemCallException {
        long flags = TreeFlag.OPEN_TREE_CLONE.value() | TreeFlag.OPEN_TREE_CLOEXEC.value()
                | (recursive ? TreeFlag.AT_RECURSIVE.value() : 0);
        try (Arena arena = Arena.ofConfined()) {
            return (int) Kernel.check(SystemCall.OPEN_TREE, "AT_FDCWD, \"" + path
                    + "\", 0x" + Long.toHexString(flags), FileFlags.AT_FDCWD,
                    arena.allocateFrom(path).address(), flags);
        }
    }

    /** {@code mount_setattr(2)} with MOUNT_ATTR_IDMAP: owners as the user namespace maps them. */
    public static void mapOwners(int tree, int userNamespace) throws SystemCallException {
        set(tree, MountAttribute.MOUNT_ATTR_IDMAP, userNamespace, 0);
    }

    /** {@code mount_setattr(2)} with MOUNT_ATTR_RDONLY of a mount and all below it. */
    public static void makeReadOnly(int tree) throws SystemCallException {
        set(tree, MountAttribute.MOUNT_ATTR_RDONLY, 0, TreeFlag.AT_RECURSIVE.value());
    }

    private static void set(int tree, MountAttribute attribute, int userNamespace, long flags)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(MOUNT_ATTR_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_LONG, 0, attribute.value());
            attributes.set(ValueLayout.JAVA_LONG, USERNS_FD_OFFSET, userNamespace);
            Kernel.check(SystemCall.MOUNT_SETATTR, tree + ", \"\", AT_EMPTY_PATH, {" + attribute + ", "
                    + userNamespace + "}", tree, arena.allocateFrom("").address(),
                    TreeFlag.AT_EMPTY_PATH.value() | flags, attributes.address(),
                    MOUNT_ATTR_BYTES);
        }
    }

    /** {@code move_mount(2)}: puts a mount without a place on an open file or folder. */
    public static void place(int tree, int target) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long empty = arena.allocateFrom("").address();
            Kernel.check(SystemCall.MOVE_MOUNT, tree + ", \"\", " + target
                    + ", \"\", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH", tree, empty, target,
                    empty, TreeFlag.MOVE_MOUNT_F_EMPTY_PATH.value()
                            | TreeFlag.MOVE_MOUNT_T_EMPTY_PATH.value());
        }
    }

    /** The type of the file system a descriptor lies on, a {@code *_MAGIC} of {@code statfs(2)}. */
    public static long fileSystemType(int descriptor) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATFS_BYTES, Long.BYTES);
            Kernel.check(SystemCall.FSTATFS, Integer.toString(descriptor), descriptor,
                    status.address());
            return status.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * What {@code statfs(2)} tells of the room on a file system.
     *
     * @param totalBytes of the whole
     * @param freeBytes  that an ordinary user may still write
     * @param readOnly   whether nothing can be written (ST_RDONLY)
     */
    public record Room(long totalBytes, long freeBytes, boolean readOnly) {}

    /** The room where a descriptor lies. */
    public static Room room(int descriptor) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATFS_BYTES, Long.BYTES);
            Kernel.check(SystemCall.FSTATFS, Integer.toString(descriptor), descriptor,
                    status.address());
            long blockBytes = status.get(ValueLayout.JAVA_LONG, STATFS_BLOCK_SIZE_OFFSET);
            return new Room(status.get(ValueLayout.JAVA_LONG, STATFS_BLOCKS_OFFSET) * blockBytes,
                    status.get(ValueLayout.JAVA_LONG, STATFS_AVAILABLE_OFFSET) * blockBytes,
                    (status.get(ValueLayout.JAVA_LONG, STATFS_FLAGS_OFFSET) & ST_RDONLY) != 0);
        }
    }

    /** {@code umount2(2)} with MNT_DETACH: a mount goes out of sight, and is gone when nobody uses it. */
    public static void detach(String target) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.UMOUNT2, "\"" + target + "\", MNT_DETACH",
                    arena.allocateFrom(target).address(), UnmountFlag.MNT_DETACH.value());
        }
    }
}
