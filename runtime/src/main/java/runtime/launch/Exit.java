package runtime.launch;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * How a process ended.
 *
 * @param code          what a shell would show: the exit code, or 128 + the signal
 * @param signal        the signal that ended it, if one did
 * @param finishedAt    when the keeper saw it
 * @param userMicros    processor time in user mode, of the process and its reaped children
 * @param systemMicros  processor time in the kernel
 * @param maxResidentKilobytes the largest resident set ({@code getrusage(2)}, ru_maxrss)
 * @param outputLost    whether the keeper could not write some of the output to the log
 * @param leaseMillis   how long the lease was whose end ended it; 0 if none did
 */
public record Exit(
        int code,
        OptionalInt signal,
        Instant finishedAt,
        long userMicros,
        long systemMicros,
        long maxResidentKilobytes,
        boolean outputLost,
        long leaseMillis) {

    /** One that no lease ended. */
    public Exit(int code, OptionalInt signal, Instant finishedAt, long userMicros, long systemMicros,
            long maxResidentKilobytes, boolean outputLost) {
        this(code, signal, finishedAt, userMicros, systemMicros, maxResidentKilobytes, outputLost, 0);
    }
}
