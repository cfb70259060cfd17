package linux.syscall;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import linux.abi.Architecture;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.abi.SystemCall;

/**
 * File system calls the JDK has no or too weak a face for: relative to an open folder, for every kind
 * of file, with owner, times, attributes and holes as the kernel keeps them.
 *
 * <p>One method per call, named as in section 2 of the manual. A file name is the bytes the kernel
 * sees ({@link #name} gives them for a string): Linux names are not text. An interrupted call is made
 * again; a failed one throws a {@link SystemCallException} with the call, its arguments and the
 * errno. {@code folder} is an open descriptor or {@link FileFlags#AT_FDCWD}.
 */
public final class Files {
    /** {@code O_DIRECTORY} of this machine. */
    public static final int O_DIRECTORY;
    /** {@code O_NOFOLLOW} of this machine. */
    public static final int O_NOFOLLOW;

    /** In {@link #utimensat}: leave this time as it is ({@code UTIME_OMIT}). */
    public static final int UTIME_OMIT = (1 << 30) - 2;

    private static final int LIST_BYTES = 64 << 10;
    private static final ValueLayout.OfShort UNALIGNED_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int NAME_LIMIT_BYTES = 4095;
    private static final int RESOLVE_ATTEMPTS = 100_000;
    private static final int STATX_BASIC_STATS = 0x7FF;

    static {
        Architecture architecture = Architecture.ofJvm(System.getProperty("os.arch"));
        O_DIRECTORY = FileFlags.directory(architecture);
        O_NOFOLLOW = FileFlags.noFollow(architecture);
    }

    private Files() {
    }

    /** The bytes of a file name given as text (UTF-8). */
    public static byte[] name(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code openat(2)}; close-on-exec is always set. */
    public static int openat(int folder, byte[] name, int flags, int mode)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            long result = raw.call(SystemCall.OPENAT, folder, raw.first(name),
                    flags | FileFlags.O_CLOEXEC, mode);
            return (int) check(result, "openat", folder, name, flags, mode);
        }
    }

    /**
     * {@code openat2(2)}, Linux 5.6: opens with limits on where the path may lead; EAGAIN if the tree
     * changes again and again meanwhile.
     *
     * @param resolve {@code RESOLVE_*} of {@link FileFlags}
     */
    public static int openat2(int folder, byte[] name, int flags, int mode, long resolve)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment how = raw.structure();
            how.set(ValueLayout.JAVA_LONG, 0, flags | FileFlags.O_CLOEXEC);
            how.set(ValueLayout.JAVA_LONG, 8, mode);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            long path = raw.first(name);
            long result;
            int attempts = 0;
            do {
                result = raw.call(SystemCall.OPENAT2, folder, path, how.address(), 24);
                // EAGAIN: the tree changed while it was walked; the manual says to try again. Not for
                // ever: who changes it may do so on purpose.
            } while (result == -Errno.EAGAIN.number() && ++attempts < RESOLVE_ATTEMPTS);
            return (int) check(result, "openat2", folder, name, flags, mode, resolve);
        }
    }

    /** {@code close(2)}. Not made again when interrupted: Linux has closed the descriptor by then. */
    public static void close(int descriptor) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            long result = raw.callOnce(SystemCall.CLOSE, descriptor);
            if (result != -Errno.EINTR.number()) {
                check(result, "close", descriptor);
            }
        }
    }

    /** {@code read(2)} into native memory; 0 at the end. */
    public static long read(int descriptor, MemorySegment into) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            return check(raw.call(SystemCall.READ, descriptor, into.address(), into.byteSize()),
                    "read", descriptor, into.byteSize());
        }
    }

    /** {@code pread64(2)} into native memory: the descriptor's own offset stays; 0 at the end. */
    public static long pread(int descriptor, MemorySegment into, long offset)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            return check(raw.call(SystemCall.PREAD64, descriptor, into.address(),
                    into.byteSize(), offset), "pread64", descriptor, into.byteSize(), offset);
        }
    }

    /** {@code write(2)} from native memory, continued until all of it is written. */
    public static void write(int descriptor, MemorySegment from) throws SystemCallException {
        long size = from.byteSize();
        try (RawCall raw = RawCall.borrow()) {
            for (long done = 0; done < size; ) {
                done += check(raw.call(SystemCall.WRITE, descriptor, from.address() + done,
                        size - done), "write", descriptor, size - done);
            }
        }
    }

    /** {@code lseek(2)}; {@code whence} is {@code SEEK_*} of {@link FileFlags}. */
    public static long lseek(int descriptor, long offset, int whence) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            return check(raw.call(SystemCall.LSEEK, descriptor, offset, whence),
                    "lseek", descriptor, offset, whence);
        }
    }

    /** {@code ftruncate(2)}. */
    public static void ftruncate(int descriptor, long sizeBytes) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FTRUNCATE, descriptor, sizeBytes),
                    "ftruncate", descriptor, sizeBytes);
        }
    }

    /** {@code fsync(2)}. */
    public static void fsync(int descriptor) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FSYNC, descriptor), "fsync", descriptor);
        }
    }

    /** {@code syncfs(2)}: everything written to the file system of the descriptor reaches the disk. */
    public static void syncfs(int descriptor) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.SYNCFS, descriptor), "syncfs", descriptor);
        }
    }

    /**
     * {@code flock(2)}.
     *
     * @return false if {@code LOCK_NB} was asked for and somebody else holds the lock
     */
    public static boolean flock(int descriptor, int operation) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            long result = raw.call(SystemCall.FLOCK, descriptor, operation);
            if (result == -Errno.EAGAIN.number()) {
                return false;
            }
            check(result, "flock", descriptor, operation);
            return true;
        }
    }

    /** {@code mkdirat(2)}; the umask applies. */
    public static void mkdirat(int folder, byte[] name, int mode) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.MKDIRAT, folder, raw.first(name), mode),
                    "mkdirat", folder, name, mode);
        }
    }

    /**
     * {@code mknodat(2)}; the umask applies.
     *
     * @param mode   type ({@code S_IF*}) and permissions
     * @param device for device files, as {@link FileFlags#device} gives it
     */
    public static void mknodat(int folder, byte[] name, int mode, int device)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.MKNODAT, folder, raw.first(name), mode, device),
                    "mknodat", folder, name, mode, device);
        }
    }

    /** {@code symlinkat(2)}: a link at {@code name} holding the text {@code target}. */
    public static void symlinkat(byte[] target, int folder, byte[] name)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.SYMLINKAT, raw.first(target), folder, raw.second(name)),
                    "symlinkat", target, folder, name);
        }
    }

    /** {@code linkat(2)} without following a symbolic link at {@code from}. */
    public static void linkat(int fromFolder, byte[] from, int toFolder, byte[] to)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.LINKAT, fromFolder, raw.first(from), toFolder,
                    raw.second(to), 0), "linkat", fromFolder, from, toFolder, to);
        }
    }

    /** {@code unlinkat(2)}; with {@code AT_REMOVEDIR} an empty directory. */
    public static void unlinkat(int folder, byte[] name, int flags) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.UNLINKAT, folder, raw.first(name), flags),
                    "unlinkat", folder, name, flags);
        }
    }

    /** {@code renameat2(2)}; {@code flags} are {@code RENAME_*} of {@link FileFlags}. */
    public static void renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, int flags)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.RENAMEAT2, fromFolder, raw.first(from), toFolder,
                    raw.second(to), flags), "renameat2", fromFolder, from, toFolder, to, flags);
        }
    }

    /** {@code readlinkat(2)}: the text a symbolic link holds. */
    public static byte[] readlinkat(int folder, byte[] name) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment text = raw.secondSlot();
            long length = check(raw.call(SystemCall.READLINKAT, folder, raw.first(name),
                    text.address(), text.byteSize()), "readlinkat", folder, name);
            return text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /**
     * {@code getdents64(2)}: the names in a folder, without {@code .} and {@code ..}, in no order.
     *
     * @param folder opened for reading; it is read from its start
     */
    public static List<byte[]> list(int folder) throws SystemCallException {
        List<byte[]> names = new ArrayList<>();
        lseek(folder, 0, FileFlags.SEEK_SET);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment entries = raw.large(LIST_BYTES);
            long filled;
            do {
                filled = check(raw.call(SystemCall.GETDENTS64, folder, entries.address(),
                        LIST_BYTES), "getdents64", folder);
                // struct linux_dirent64: inode, offset, record length at 16, type, name at 19.
                for (long at = 0; at < filled; at += entries.get(UNALIGNED_SHORT, at + 16)) {
                    String name = entries.getString(at + 19, StandardCharsets.ISO_8859_1);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name.getBytes(StandardCharsets.ISO_8859_1));
                    }
                }
            } while (filled > 0);
        }
        return names;
    }

    /** {@code fchownat(2)} without following a symbolic link. */
    public static void fchownat(int folder, byte[] name, int userId, int groupId)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FCHOWNAT, folder, raw.first(name), userId, groupId,
                    FileFlags.AT_SYMLINK_NOFOLLOW), "fchownat", folder, name, userId, groupId);
        }
    }

    /** {@code fchown(2)}. */
    public static void fchown(int descriptor, int userId, int groupId) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FCHOWN, descriptor, userId, groupId),
                    "fchown", descriptor, userId, groupId);
        }
    }

    /** {@code fchmod(2)}. */
    public static void fchmod(int descriptor, int mode) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FCHMOD, descriptor, mode), "fchmod", descriptor, mode);
        }
    }

    /** {@code fchmodat(2)}; follows a symbolic link, so name only what is known not to be one. */
    public static void fchmodat(int folder, byte[] name, int mode) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.FCHMODAT, folder, raw.first(name), mode),
                    "fchmodat", folder, name, mode);
        }
    }

    /** {@code utimensat(2)} without following a symbolic link; sets the time of last change. */
    public static void utimensat(int folder, byte[] name, long seconds, int nanoseconds)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.UTIMENSAT, folder, raw.first(name),
                    times(raw, seconds, nanoseconds), FileFlags.AT_SYMLINK_NOFOLLOW),
                    "utimensat", folder, name, seconds, nanoseconds);
        }
    }

    /** {@code futimens(3)}: sets the time of last change of an open file. */
    public static void futimens(int descriptor, long seconds, int nanoseconds)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(raw.call(SystemCall.UTIMENSAT, descriptor, 0, times(raw, seconds, nanoseconds),
                    0), "utimensat", descriptor, "NULL", seconds, nanoseconds);
        }
    }

    private static long times(RawCall raw, long seconds, int nanoseconds) {
        MemorySegment times = raw.structure();
        times.set(ValueLayout.JAVA_LONG, 0, seconds);
        times.set(ValueLayout.JAVA_LONG, 8, nanoseconds);
        times.set(ValueLayout.JAVA_LONG, 16, seconds);
        times.set(ValueLayout.JAVA_LONG, 24, nanoseconds);
        return times.address();
    }

    /** {@code statx(2)} of a name, a symbolic link itself if it is one. */
    public static FileStatus statx(int folder, byte[] name) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            check(statx(raw, folder, name), "statx", folder, name);
            return status(raw.structure());
        }
    }

    /** {@code statx(2)} of a name, or empty where nothing is ({@code ENOENT}). */
    public static Optional<FileStatus> find(int folder, byte[] name) throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            long result = statx(raw, folder, name);
            if (result == -Errno.ENOENT.number()) {
                return Optional.empty();
            }
            check(result, "statx", folder, name);
            return Optional.of(status(raw.structure()));
        }
    }

    private static long statx(RawCall raw, int folder, byte[] name) throws SystemCallException {
        return raw.call(SystemCall.STATX, folder, raw.first(name),
                FileFlags.AT_SYMLINK_NOFOLLOW | FileFlags.AT_EMPTY_PATH, STATX_BASIC_STATS,
                raw.structure().address());
    }

    /** Offsets of {@code struct statx}, {@code include/uapi/linux/stat.h}. */
    private static FileStatus status(MemorySegment statx) {
        return new FileStatus(statx.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF,
                statx.get(ValueLayout.JAVA_INT, 16),
                statx.get(ValueLayout.JAVA_INT, 20),
                statx.get(ValueLayout.JAVA_INT, 24),
                statx.get(ValueLayout.JAVA_LONG, 32),
                statx.get(ValueLayout.JAVA_LONG, 40),
                statx.get(ValueLayout.JAVA_LONG, 48),
                (long) statx.get(ValueLayout.JAVA_INT, 136) << 32
                        | statx.get(ValueLayout.JAVA_INT, 140),
                statx.get(ValueLayout.JAVA_LONG, 112),
                statx.get(ValueLayout.JAVA_INT, 120),
                statx.get(ValueLayout.JAVA_INT, 128),
                statx.get(ValueLayout.JAVA_INT, 132));
    }

    /** {@code fsetxattr(2)}; needs a descriptor not opened with {@code O_PATH}. */
    public static void fsetxattr(int descriptor, byte[] attribute, byte[] value)
            throws SystemCallException {
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment bytes = raw.large(value);
            check(raw.call(SystemCall.FSETXATTR, descriptor, raw.first(attribute),
                    bytes.address(), value.length, 0), "fsetxattr", descriptor, attribute,
                    value.length + " bytes");
        }
    }

    /** {@code lsetxattr(2)} of a name in a folder, the symbolic link itself if it is one. */
    public static void lsetxattr(int folder, byte[] name, byte[] attribute, byte[] value)
            throws SystemCallException {
        byte[] path = throughProc(folder, name);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment bytes = raw.large(value);
            check(raw.call(SystemCall.LSETXATTR, raw.first(path), raw.second(attribute),
                    bytes.address(), value.length, 0), "lsetxattr", path, attribute,
                    value.length + " bytes");
        }
    }

    /** {@code lgetxattr(2)} of a name in a folder, or empty if it has no such attribute. */
    public static Optional<byte[]> lgetxattr(int folder, byte[] name, byte[] attribute)
            throws SystemCallException {
        byte[] path = throughProc(folder, name);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment value = raw.large(65536);
            long result = raw.call(SystemCall.LGETXATTR, raw.first(path), raw.second(attribute),
                    value.address(), value.byteSize());
            if (result == -Errno.ENODATA.number() || result == -Errno.EOPNOTSUPP.number()) {
                return Optional.empty();
            }
            check(result, "lgetxattr", path, attribute);
            return Optional.of(value.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** {@code llistxattr(2)}: the attribute names, each ended by a zero byte. */
    public static byte[] llistxattr(int folder, byte[] name) throws SystemCallException {
        byte[] path = throughProc(folder, name);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment list = raw.large(65536);
            long result = raw.call(SystemCall.LLISTXATTR, raw.first(path), list.address(),
                    list.byteSize());
            if (result == -Errno.EOPNOTSUPP.number()) {
                return new byte[0];
            }
            check(result, "llistxattr", path);
            return list.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** {@code listxattr(2)} of an open file, which may be a mere place (O_PATH). */
    public static byte[] listxattr(int descriptor) throws SystemCallException {
        byte[] path = name("/proc/self/fd/" + descriptor);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment list = raw.large(65536);
            long result = raw.call(SystemCall.LISTXATTR, raw.first(path), list.address(),
                    list.byteSize());
            if (result == -Errno.EOPNOTSUPP.number()) {
                return new byte[0];
            }
            check(result, "listxattr", path);
            return list.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** {@code getxattr(2)} of an open file, which may be a mere place (O_PATH); empty if it has none. */
    public static Optional<byte[]> getxattr(int descriptor, byte[] attribute)
            throws SystemCallException {
        byte[] path = name("/proc/self/fd/" + descriptor);
        try (RawCall raw = RawCall.borrow()) {
            MemorySegment value = raw.large(65536);
            long result = raw.call(SystemCall.GETXATTR, raw.first(path), raw.second(attribute),
                    value.address(), value.byteSize());
            if (result == -Errno.ENODATA.number() || result == -Errno.EOPNOTSUPP.number()) {
                return Optional.empty();
            }
            check(result, "getxattr", path, attribute);
            return Optional.of(value.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** The attribute calls know no folder before Linux 6.13; /proc stands in for one. */
    private static byte[] throughProc(int folder, byte[] name) {
        if (folder == FileFlags.AT_FDCWD) {
            return name;
        }
        byte[] prefix = name("/proc/self/fd/" + folder + "/");
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, path, prefix.length, name.length);
        return path;
    }

    private static long check(long result, String call, Object... arguments)
            throws SystemCallException {
        if (result >= 0) {
            return result;
        }
        throw failure(call, (int) -result, arguments);
    }

    static SystemCallException failure(String call, int errno, Object... arguments) {
        StringBuilder text = new StringBuilder();
        for (Object argument : arguments) {
            text.append(text.isEmpty() ? "" : ", ").append(switch (argument) {
                case byte[] name -> '"' + new String(name, StandardCharsets.UTF_8) + '"';
                case Long flags -> "0x" + Long.toHexString(flags);
                default -> argument.toString();
            });
        }
        return new SystemCallException(call, text.toString(), errno);
    }

    /** Refuses what the kernel would cut or misread: a name with a zero byte, or one too long. */
    static void checkName(byte[] name) throws SystemCallException {
        if (name.length > NAME_LIMIT_BYTES) {
            throw failure("name", Errno.ENAMETOOLONG.number(), name.length + " bytes");
        }
        for (byte b : name) {
            if (b == 0) {
                throw failure("name", Errno.EINVAL.number(), name, "holds a zero byte");
            }
        }
    }
}
