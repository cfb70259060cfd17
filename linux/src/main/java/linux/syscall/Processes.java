package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.abi.SystemCall;

/** Processes by descriptor: a handle that is never reused ({@code pidfd_open(2)}, Linux 5.3). */
public final class Processes {
    private static final int P_PIDFD = 3;
    private static final int WEXITED = 4;
    private static final int SIGINFO_BYTES = 128;
    private static final int POLLIN = 1;
    /** {@code siginfo_t}: si_code, si_status of SIGCHLD. */
    private static final int CODE_OFFSET = 8;
    private static final int STATUS_OFFSET = 24;
    private static final int CLD_EXITED = 1;
    private static final int SIGNALLED = 128;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private Processes() {}

    /** A descriptor for a process ({@code pidfd_open(2)}). */
    public static int open(int pid) throws SystemCallException {
        return (int) Kernel.check(SystemCall.PIDFD_OPEN, Integer.toString(pid), pid, 0);
    }

    /** A copy of a descriptor of another process ({@code pidfd_getfd(2)}, Linux 5.6). */
    public static int takeDescriptor(int pidfd, int descriptor) throws SystemCallException {
        return (int) Kernel.check(SystemCall.PIDFD_GETFD, "pidfd " + pidfd + ", " + descriptor,
                pidfd, descriptor, 0);
    }

    /**
     * Sends a signal ({@code pidfd_send_signal(2)}).
     *
     * @return false if the process had ended
     */
    public static boolean signal(int pidfd, int signal) throws SystemCallException {
        long result = Kernel.call(SystemCall.PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
        if (result == -Errno.ESRCH.number()) {
            return false;
        }
        if (result < 0) {
            throw new SystemCallException("pidfd_send_signal",
                    "pidfd " + pidfd + ", " + signal, (int) -result);
        }
        return true;
    }

    /**
     * Sets a limit of a process ({@code prlimit(2)}); what it starts from then on has it, too.
     *
     * @param resource {@code RLIMIT_…}, as numbered in {@code asm-generic/resource.h}
     * @param soft     -1 = without limit
     * @param hard     likewise; more than there was takes CAP_SYS_RESOURCE in the initial user namespace
     */
    public static void limit(int pid, int resource, long soft, long hard) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(2 * Long.BYTES, Long.BYTES);
            limits.set(ValueLayout.JAVA_LONG, 0, soft);
            limits.set(ValueLayout.JAVA_LONG, Long.BYTES, hard);
            Kernel.check(SystemCall.PRLIMIT64, pid + ", " + resource + ", {" + soft + ", " + hard + "}", pid, resource, limits.address(), 0);
        }
    }

    /** Waits for a child and takes its exit status, or does nothing for somebody else's child. */
    public static void reap(int pidfd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
            Kernel.call(SystemCall.WAITID, P_PIDFD, pidfd, info.address(), WEXITED, 0);
        }
    }

    /**
     * Waits for a child's end, at most so long, and takes its exit status ({@code waitid(2)}).
     *
     * @return the exit code, or 128 + the signal that ended it; empty if the time is up, or the process
     *     is nobody's child here
     */
    public static OptionalInt awaitExit(int pidfd, long timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(ValueLayout.JAVA_INT, 2);
            entry.setAtIndex(ValueLayout.JAVA_INT, 0, pidfd);
            entry.setAtIndex(ValueLayout.JAVA_INT, 1, POLLIN);
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            time.setAtIndex(ValueLayout.JAVA_LONG, 0, timeoutMillis / 1000);
            time.setAtIndex(ValueLayout.JAVA_LONG, 1, timeoutMillis % 1000 * 1_000_000);
            if (Kernel.call(SystemCall.PPOLL, entry.address(), 1, time.address(), 0, 8) <= 0) {
                return OptionalInt.empty();
            }
            MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
            long result = Kernel.call(
                    SystemCall.WAITID, P_PIDFD, pidfd, info.address(), WEXITED, 0);
            if (result < 0) {
                return OptionalInt.empty();
            }
            int status = info.get(ValueLayout.JAVA_INT, STATUS_OFFSET);
            boolean exited = info.get(ValueLayout.JAVA_INT, CODE_OFFSET) == CLD_EXITED;
            return OptionalInt.of(exited ? status : SIGNALLED + status);
        }
    }

    /**
     * Makes the calling process the parent of whatever its descendants leave behind
     * ({@code prctl(2)}, PR_SET_CHILD_SUBREAPER).
     */
    public static void adoptOrphans() throws SystemCallException {
        Kernel.check(SystemCall.PRCTL, "PR_SET_CHILD_SUBREAPER, 1", PR_SET_CHILD_SUBREAPER, 1);
    }

    /** Whether the process has ended ({@code ppoll(2)} on its descriptor). */
    public static boolean hasEnded(int pidfd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(ValueLayout.JAVA_INT, 2);
            entry.setAtIndex(ValueLayout.JAVA_INT, 0, pidfd);
            entry.setAtIndex(ValueLayout.JAVA_INT, 1, POLLIN);
            MemorySegment noTime = arena.allocate(ValueLayout.JAVA_LONG, 2);
            return Kernel.call(SystemCall.PPOLL, entry.address(), 1, noTime.address(), 0, 8) > 0;
        }
    }
}
