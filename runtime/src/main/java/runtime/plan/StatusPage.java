package runtime.plan;

import linux.program.Encoder;
import linux.program.Slot;

/**
 * The page a keeper shares with the daemon: the file {@code status} of the container's run folder.
 *
 * <pre>
 *    0 u32 phase (futex)      4 u32 command (futex)   8 u32 failed step's offset + 1, i32 result
 *   16 i64 keeper's pid      24 i64 container's pid  32 i32 wait status
 *   40 timespec finished (realtime)   56 timespec first step   72 timespec program runs (monotonic)
 *   88 rusage (144 bytes)   232 i64 1 if a log write failed
 *  240 stdin pipe, 256 control pipe {i32 read, i32 write}   272 terminal   280 container's pidfd:
 *      descriptors of the keeper, for pidfd_getfd(2)
 *  288 u32 not 0 while the process shares the keeper's memory (futex; only when it is handed over)
 *  296 u32 1 when the container waits for hooks (futex)   300 u32 1 when they have run (futex)
 *  304 i64 descriptor of a seccomp filter's listener   312 u32 1 when there is one (futex)
 *  316 u32 1 when it was taken (futex)
 *  320 i64 descriptor of the timer that ends with the node's lease; 0 if there is none
 *  328 i64 milliseconds of the lease that has ended the process; 0 if none did
 *  512 trace: {i64 result, u64 ticks} per step
 * </pre>
 */
public final class StatusPage {
    /** The size of the file. */
    public static final int SIZE_BYTES = 16384;
    /** Where the keeper maps it. */
    public static final long ADDRESS = 0x2000_0000L;
    /** Where the trace starts. */
    public static final int TRACE_OFFSET_BYTES = 512;
    /** How many steps leave a trace. */
    public static final int TRACE_CAPACITY =
            (SIZE_BYTES - TRACE_OFFSET_BYTES) / Encoder.TRACE_BYTES;

    /** {@link #PHASE} while steps run. */
    public static final int CREATING = 0;
    /** {@link #PHASE} when the container waits for start. */
    public static final int CREATED = 1;
    /** {@link #PHASE} when the program runs. */
    public static final int RUNNING = 2;
    /** {@link #PHASE} when the first process has ended and been reaped. */
    public static final int EXITED = 3;
    /** {@link #PHASE} when a step failed; {@link #FAILURE} says which. */
    public static final int FAILED = 4;
    /** {@link #COMMAND} that lets a created container go on. */
    public static final int COMMAND_START = 1;

    public static final Slot PHASE = Slot.shared("phase", 0, 4);
    public static final Slot COMMAND = Slot.shared("command", 4, 4);
    public static final Slot FAILURE = Slot.shared("failure", 8, 8);
    public static final Slot KEEPER_PID = Slot.shared("keeper_pid", 16, 8);
    public static final Slot CONTAINER_PID = Slot.shared("container_pid", 24, 8);
    public static final Slot WAIT_STATUS = Slot.shared("wait_status", 32, 4);
    public static final Slot FINISHED_AT = Slot.shared("finished_at", 40, 16);
    public static final Slot FIRST_STEP_AT = Slot.shared("first_step_at", 56, 16);
    public static final Slot RUNNING_AT = Slot.shared("running_at", 72, 16);
    public static final Slot RESOURCE_USAGE = Slot.shared("resource_usage", 88, 144);
    public static final Slot LOG_ERROR = Slot.shared("log_error", 232, 8);
    public static final Slot INPUT = Slot.shared("stdin_pipe", 240, 16);
    public static final Slot CONTROL = Slot.shared("control_pipe", 256, 16);
    public static final Slot TERMINAL = Slot.shared("terminal", 272, 8);
    public static final Slot PIDFD = Slot.shared("pidfd", 280, 8);
    public static final Slot ALIVE = Slot.shared("kept", 288, 8);
    public static final Slot HOOKS = Slot.shared("hooks", 296, 4);
    public static final Slot HOOKS_DONE = Slot.shared("hooks_done", 300, 4);

    public static final Slot LISTENER = Slot.shared("listener", 304, 8);
    public static final Slot LISTENS = Slot.shared("listens", 312, 4);
    public static final Slot LISTENER_TAKEN = Slot.shared("listener_taken", 316, 4);
    public static final Slot LEASE_TIMER = Slot.shared("lease_timer", 320, 8);
    public static final Slot LEASE_OVER = Slot.shared("lease_over", 328, 8);

    private StatusPage() {}

    /** Where a shared slot lies in the page. */
    public static int offsetBytes(Slot slot) {
        return switch (slot.place()) {
            case Slot.Place.Shared(int offset) -> offset;
            case Slot.Place.Private() ->
                    throw new IllegalArgumentException(slot.name() + " is not in the status page");
        };
    }
}
