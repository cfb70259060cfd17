package linux.abi;

/**
 * Flags of the file system calls.
 *
 * <p>Source: {@code include/uapi/asm-generic/fcntl.h}, {@code arch/arm64/include/uapi/asm/fcntl.h},
 * {@code include/uapi/linux/fcntl.h}, {@code openat2.h}, {@code stat.h}. A constant is the same on
 * x86-64 and aarch64; what differs is a method.
 */
public final class FileFlags {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    /** {@code openat2(2)}: the path may not leave the folder it starts from. */
    public static final long RESOLVE_BENEATH = 0x08;
    /** {@code openat2(2)}: {@code ..} and absolute links stop at the folder, as after chroot(2). */
    public static final long RESOLVE_IN_ROOT = 0x10;
    /** {@code openat2(2)}: links such as {@code /proc/self/exe} are refused. */
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    /** {@code openat2(2)}: every symbolic link is refused. */
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    /** {@code openat2(2)}: mount points are not crossed. */
    public static final long RESOLVE_NO_XDEV = 0x01;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_EMPTY_PATH = 0x1000;

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;
    public static final int SEEK_END = 2;
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    /** The bits of a mode that say what a file is; {@code inode(7)}. */
    public static final int S_IFMT = 0xF000;
    public static final int S_IFIFO = 0x1000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFBLK = 0x6000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFLNK = 0xA000;
    public static final int S_IFSOCK = 0xC000;

    private FileFlags() {
    }

    /** {@code O_DIRECTORY}: open(2) fails unless the path is a directory. */
    public static int directory(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> 0x10000;
            case AARCH64 -> 0x4000;
        };
    }

    /** {@code O_NOFOLLOW}: open(2) fails if the last part of the path is a symbolic link. */
    public static int noFollow(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> 0x20000;
            case AARCH64 -> 0x8000;
        };
    }

    /**
     * A device number as {@code mknod(2)} takes it.
     *
     * @param major 0 … 4095
     * @param minor 0 … 1048575
     * @throws IllegalArgumentException if either does not fit the kernel's 32 bit number
     */
    public static int device(long major, long minor) {
        if (major < 0 || major > 0xFFF || minor < 0 || minor > 0xFFFFF) {
            throw new IllegalArgumentException("no such device number: " + major + ":" + minor
                    + " (the kernel allows 0-4095 : 0-1048575)");
        }
        return (int) (minor & 0xFF | major << 8 | (minor & ~0xFFL) << 12);
    }
}
