package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;

/**
 * Timers that are descriptors ({@code timerfd_create(2)}), by the clock that also counts while the machine is
 * suspended.
 */
public final class Timers {
    /** {@code CLOCK_BOOTTIME} of {@code clock_gettime(2)}. */
    public static final int CLOCK_BOOTTIME = 7;
    /** {@code TFD_TIMER_ABSTIME}: the time is one of the clock, not from now. */
    public static final int TFD_TIMER_ABSTIME = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int INTERVAL_WORDS = 2;

    private Timers() {}

    /** Nanoseconds since the host began, those in which it was suspended among them. */
    public static long bootNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            long result = Kernel.call(SystemCall.CLOCK_GETTIME, CLOCK_BOOTTIME, time.address());
            if (result < 0) {
                throw new IllegalStateException("clock_gettime(CLOCK_BOOTTIME): error " + -result
                        + "; Linux has had that clock since 2.6.39");
            }
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
                    + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
        }
    }

    /** A timer that does not run yet. */
    public static int create() throws SystemCallException {
        return (int) Kernel.check(SystemCall.TIMERFD_CREATE, "CLOCK_BOOTTIME, TFD_CLOEXEC",
                CLOCK_BOOTTIME, OpenFlag.O_CLOEXEC.value());
    }

    /**
     * Sets when it is readable from: at once, if that has passed. It then forgets that it ever was before.
     *
     * @param bootNanos of {@link #bootNanos}; more than 0, which would stop it
     */
    public static void set(int timer, long bootNanos) throws SystemCallException {
        if (bootNanos <= 0) {
            throw new IllegalArgumentException("a timer that never ends: " + bootNanos);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2 * INTERVAL_WORDS);
            time.setAtIndex(ValueLayout.JAVA_LONG, INTERVAL_WORDS, bootNanos / NANOS_PER_SECOND);
            time.setAtIndex(ValueLayout.JAVA_LONG, INTERVAL_WORDS + 1, bootNanos % NANOS_PER_SECOND);
            Kernel.check(SystemCall.TIMERFD_SETTIME, "timer " + timer + ", TFD_TIMER_ABSTIME, " + bootNanos,
                    timer, TFD_TIMER_ABSTIME, time.address(), 0);
        }
    }
}
