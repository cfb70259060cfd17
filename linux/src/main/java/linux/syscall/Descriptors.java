package linux.syscall;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.abi.TerminalRequest;

/** Calls on file descriptors that the JDK has no face for. Descriptors are plain ints, closed by hand. */
public final class Descriptors {
    private static final int AT_FDCWD = -100;
    private static final int F_GETLK = 5;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_UNLCK = 2;
    private static final int LOCK_BYTES = 32;
    private static final int LOCK_PID_OFFSET = 24;
    private static final short POLLIN = 1;
    private static final int FULL_PAUSE_NANOS = 200_000;

    private Descriptors() {}

    /** Opens a file; always with {@code O_CLOEXEC} ({@code openat(2)}). */
    public static int open(Path path, OpenFlag access) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) Kernel.check(SystemCall.OPENAT, path + ", " + access, AT_FDCWD,
                    arena.allocateFrom(path.toString()).address(),
                    access.value() | OpenFlag.O_CLOEXEC.value());
        }
    }

    /** The two ends of a pipe. */
    public record Pipe(int reading, int writing) {}

    /** A new pipe, closed on execution ({@code pipe2(2)}). */
    public static Pipe pipe() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            Kernel.check(SystemCall.PIPE2, "O_CLOEXEC", ends.address(), OpenFlag.O_CLOEXEC.value());
            return new Pipe(ends.getAtIndex(ValueLayout.JAVA_INT, 0),
                    ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    /** A counter that can be waited for, closed on execution ({@code eventfd(2)}). */
    public static int event() throws SystemCallException {
        return (int) Kernel.check(SystemCall.EVENTFD2, "0, EFD_CLOEXEC", 0,
                OpenFlag.O_CLOEXEC.value());
    }

    /** Closes a descriptor ({@code close(2)}); errors mean that it was not open. */
    public static void close(int descriptor) {
        Kernel.call(SystemCall.CLOSE, descriptor);
    }

    /** Another descriptor for the same file, no smaller than the number given. */
    public static int duplicateFrom(int descriptor, int least) throws SystemCallException {
        return (int) Kernel.check(SystemCall.FCNTL, descriptor + ", F_DUPFD_CLOEXEC, " + least,
                descriptor, F_DUPFD_CLOEXEC, least);
    }

    /** The process that holds a write lock on the file ({@code fcntl(2)}, F_GETLK). */
    public static OptionalInt lockHolder(int descriptor) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lock = arena.allocate(LOCK_BYTES, Long.BYTES);
            lock.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            Kernel.check(SystemCall.FCNTL, descriptor + ", F_GETLK", descriptor, F_GETLK, lock.address());
            boolean free = lock.get(ValueLayout.JAVA_SHORT, 0) == F_UNLCK;
            return free ? OptionalInt.empty()
                    : OptionalInt.of(lock.get(ValueLayout.JAVA_INT, LOCK_PID_OFFSET));
        }
    }

    /**
     * Waits until one can be read from, or has nobody who could write to it; at most so long
     * ({@code ppoll(2)}).
     *
     * @return the first of them that can; empty if the time is up
     */
    public static OptionalInt awaitReadable(long timeoutMillis, int... descriptors)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd: descriptor, events wanted, events seen.
            MemorySegment entries = arena.allocate(ValueLayout.JAVA_LONG, descriptors.length);
            for (int i = 0; i < descriptors.length; i++) {
                entries.set(ValueLayout.JAVA_INT, (long) i * Long.BYTES, descriptors[i]);
                entries.set(ValueLayout.JAVA_SHORT, (long) i * Long.BYTES + Integer.BYTES, POLLIN);
            }
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            time.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutMillis / 1000);
            time.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutMillis % 1000 * 1_000_000);
            Kernel.check(SystemCall.PPOLL, descriptors.length + " descriptors", entries.address(),
                    descriptors.length, time.address(), 0, 8);
            for (int i = 0; i < descriptors.length; i++) {
                if (entries.get(ValueLayout.JAVA_SHORT,
                        (long) i * Long.BYTES + Integer.BYTES + Short.BYTES) != 0) {
                    return OptionalInt.of(descriptors[i]);
                }
            }
            return OptionalInt.empty();
        }
    }

    /** Writes never wait from now on ({@code fcntl(2)}, O_NONBLOCK). */
    public static void doNotBlock(int descriptor) throws SystemCallException {
        Kernel.check(SystemCall.FCNTL, descriptor + ", F_SETFL, O_NONBLOCK",
                descriptor, F_SETFL, OpenFlag.O_NONBLOCK.value());
    }

    /**
     * Writes all of the bytes; while the other side is full the calling thread, which may be virtual,
     * pauses.
     *
     * @throws IOException if nobody can read any more (EPIPE) or the calling thread was interrupted
     */
    public static void writeAll(int descriptor, ByteBuffer bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, bytes.remaining()));
            int size = bytes.remaining();
            MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, copy, 0, size);
            bytes.position(bytes.limit());
            int done = 0;
            while (done < size) {
                long written = Kernel.call(SystemCall.WRITE, descriptor, copy.address() + done, size - done);
                if (written == -Errno.EAGAIN.number()) {
                    LockSupport.parkNanos(FULL_PAUSE_NANOS);
                    if (Thread.currentThread().isInterrupted()) {
                        throw new IOException("interrupted while the reader of descriptor "
                                + descriptor + " was full");
                    }
                } else if (written < 0) {
                    throw new SystemCallException("write", Integer.toString(descriptor), (int) -written);
                } else {
                    done += (int) written;
                }
            }
        }
    }

    /** Sets a terminal's size in character cells ({@code ioctl_tty(2)}, TIOCSWINSZ). */
    public static void setWindowSize(int terminal, int rows, int columns) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
            Kernel.check(SystemCall.IOCTL, terminal + ", TIOCSWINSZ, {" + rows + ", " + columns + "}",
                    terminal, TerminalRequest.TIOCSWINSZ.value(), size.address());
        }
    }
}
