package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import linux.abi.Errno;
import linux.abi.SystemCall;

/** Memory shared with other processes: {@code mmap(2)}, {@code memfd_create(2)}, {@code futex(2)}. */
public final class Memory {
    /** {@code PROT_READ}. */
    public static final int READ = 1;
    /** {@code PROT_WRITE}. */
    public static final int WRITE = 2;
    /** {@code PROT_EXEC}. */
    public static final int EXECUTE = 4;
    private static final int MAP_SHARED = 1;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_EXEC = 16;
    private static final int F_ADD_SEALS = 1033;
    /** F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE. */
    private static final int ALL_SEALS = 15;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    private Memory() {}

    /** Maps a file shared, from its start; unmapped when the segment cannot be reached any more. */
    public static MemorySegment map(int descriptor, long sizeBytes, int protection)
            throws SystemCallException {
        long address = Kernel.check(SystemCall.MMAP,
                "NULL, " + sizeBytes + ", MAP_SHARED, fd " + descriptor, 0, sizeBytes, protection, MAP_SHARED, descriptor, 0);
        return MemorySegment.ofAddress(address).reinterpret(sizeBytes, Arena.ofAuto(),
                mapped -> Kernel.call(SystemCall.MUNMAP, address, sizeBytes));
    }

    /** A new anonymous file, empty ({@code memfd_create(2)}). */
    public static int file(String name) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) Kernel.check(SystemCall.MEMFD_CREATE, name,
                    arena.allocateFrom(name).address(), MFD_CLOEXEC);
        }
    }

    /**
     * A new anonymous file with this content that may be executed and that nobody can change any more,
     * root in a container that finds it under /proc/PID/exe included ({@code memfd_create(2)},
     * F_ADD_SEALS of {@code fcntl(2)}).
     */
    public static int sealedExecutableFile(String name, byte[] content) throws SystemCallException {
        int descriptor = executableFile(name, content, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        Kernel.check(SystemCall.FCNTL, name + ", F_ADD_SEALS", descriptor, F_ADD_SEALS, ALL_SEALS);
        return descriptor;
    }

    /**
     * A new anonymous file with this content that nobody can change any more ({@code memfd_create(2)},
     * F_ADD_SEALS of {@code fcntl(2)}). The caller closes it.
     */
    public static int sealedFile(String name, byte[] content) throws SystemCallException {
        int descriptor;
        try (Arena arena = Arena.ofConfined()) {
            descriptor = (int) Kernel.check(SystemCall.MEMFD_CREATE, name,
                    arena.allocateFrom(name).address(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
            boolean done = false;
            try {
                writeAll(descriptor, arena.allocateFrom(ValueLayout.JAVA_BYTE, content));
                Kernel.check(SystemCall.FCNTL, name + ", F_ADD_SEALS", descriptor, F_ADD_SEALS,
                        ALL_SEALS);
                done = true;
            } finally {
                if (!done) {
                    Descriptors.close(descriptor);
                }
            }
        }
        return descriptor;
    }

    /** A new anonymous file with this content that may be executed ({@code memfd_create(2)}). */
    public static int executableFile(String name, byte[] content) throws SystemCallException {
        return executableFile(name, content, MFD_CLOEXEC);
    }

    private static int executableFile(String name, byte[] content, int flags)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cName = arena.allocateFrom(name);
            long descriptor = Kernel.call(SystemCall.MEMFD_CREATE, cName.address(), flags | MFD_EXEC);
            if (descriptor == -Errno.EINVAL.number()) {
                // MFD_EXEC is new in Linux 6.3; before it every memfd could be executed.
                descriptor = Kernel.call(SystemCall.MEMFD_CREATE, cName.address(), flags);
            }
            if (descriptor < 0) {
                throw new SystemCallException("memfd_create", name, (int) -descriptor);
            }
            writeAll((int) descriptor, arena.allocateFrom(ValueLayout.JAVA_BYTE, content));
            return (int) descriptor;
        }
    }

    private static void writeAll(int descriptor, MemorySegment bytes) throws SystemCallException {
        long done = 0;
        while (done < bytes.byteSize()) {
            done += Kernel.check(SystemCall.WRITE, "fd " + descriptor, descriptor, bytes.address() + done, bytes.byteSize() - done);
        }
    }

    /**
     * Sleeps until the 32 bits are no longer what they were thought to be, or somebody wakes, or the
     * time is up ({@code futex(2)}, FUTEX_WAIT, between processes). Blocks the calling thread.
     */
    public static void waitWhile(MemorySegment word, int expected, long timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeout = arena.allocate(ValueLayout.JAVA_LONG, 2);
            timeout.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutMillis / 1000);
            timeout.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutMillis % 1000 * 1_000_000);
            Kernel.call(SystemCall.FUTEX, word.address(), FUTEX_WAIT, expected, timeout.address());
        }
    }

    /** Wakes all who sleep on the word ({@code futex(2)}, FUTEX_WAKE). */
    public static void wake(MemorySegment word) {
        Kernel.call(SystemCall.FUTEX, word.address(), FUTEX_WAKE, Integer.MAX_VALUE);
    }
}
