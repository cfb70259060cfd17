package runtime.launch;

import java.util.OptionalInt;

/** A launch that failed: which step, with which arguments, what the kernel said and what to do. */
public final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int stepIndex;
    private final int errno;
    private final int exitCode;

    /**
     * @param message   the whole sentence shown to the user
     * @param stepIndex place of the step in the plan, or -1 if the keeper could not be spawned
     * @param errno     the positive error number, or 0
     * @param exitCode  what {@code jctl run} exits with: 125, 126 (not executable) or 127 (not found)
     */
    public LaunchException(String message, int stepIndex, int errno, int exitCode) {
        super(message);
        this.stepIndex = stepIndex;
        this.errno = errno;
        this.exitCode = exitCode;
    }

    /** The failing step's place in the plan, if a step failed. */
    public OptionalInt stepIndex() {
        return stepIndex < 0 ? OptionalInt.empty() : OptionalInt.of(stepIndex);
    }

    /** The positive error number ({@code errno(3)}), or 0. */
    public int errno() {
        return errno;
    }

    /** 125, or 126 for a program that cannot be executed, or 127 for one that does not exist. */
    public int exitCode() {
        return exitCode;
    }
}
