package linux.syscall;

import java.io.IOException;
import linux.abi.Errno;

/** A system call that failed: which, with what arguments, and the errno it returned. */
public final class SystemCallException extends IOException {
    private final String call;
    private final int errno;

    /**
     * @param call      the manual's name, such as {@code openat2}
     * @param arguments the arguments as a reader wants them, without brackets
     * @param errno     the positive error number
     */
    public SystemCallException(String call, String arguments, int errno) {
        super(call + "(" + arguments + "): " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
    }

    /** The manual's name of the call. */
    public String call() {
        return call;
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    /** Whether the call failed with this error. */
    public boolean is(Errno expected) {
        return errno == expected.number();
    }
}
