package runtime.seccomp;

import linux.abi.Errno;
import runtime.spec.Seccomp.Action;

/**
 * What a filter says about one call.
 *
 * @param action       what the kernel does
 * @param data         error number of ERRNO, message of TRACE, otherwise 0
 * @param instructions how many BPF instructions it took
 */
public record Verdict(Action action, int data, int instructions) {

    /** Whether the kernel carries the call out. */
    public boolean isAllowed() {
        return switch (action) {
            case ALLOW, LOG -> true;
            case ERRNO, KILL_PROCESS, KILL_THREAD, TRAP, TRACE, NOTIFY -> false;
        };
    }

    /** In words, for people: "allowed", "fails with EPERM (Operation not permitted)". */
    public String inWords() {
        return switch (action) {
            case ALLOW -> "allowed";
            case LOG -> "allowed and logged";
            case ERRNO -> data == 0
                    ? "does nothing and returns 0" : "fails with " + Errno.describe(data);
            case KILL_PROCESS -> "ends the process with SIGSYS";
            case KILL_THREAD -> "ends the thread with SIGSYS";
            case TRAP -> "sends SIGSYS to the caller";
            case TRACE -> "left to a tracer, otherwise fails with ENOSYS";
            case NOTIFY -> "left to a supervisor";
        };
    }
}
