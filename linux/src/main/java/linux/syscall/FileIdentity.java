package linux.syscall;

import linux.abi.ProcessControl;
import linux.abi.SystemCall;

/** Whom the files of the calling thread will belong to, {@code setfsuid(2)}. */
public final class FileIdentity {
    /** {@code SECBIT_NO_SETUID_FIXUP} ({@code capabilities(7)}): a change of user keeps capabilities. */
    private static final int NO_SETUID_FIXUP = 1 << 2;

    private FileIdentity() {}

    /**
     * The calling thread makes files as this user and group from now on and keeps its capabilities:
     * root of a container's user namespace, who alone may make files where owners are mapped. To be
     * called on a platform thread that ends soon.
     */
    public static void assume(long id) throws SystemCallException {
        Kernel.check(SystemCall.PRCTL, "PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP",
                ProcessControl.PR_SET_SECUREBITS.value(), NO_SETUID_FIXUP, 0, 0, 0);
        Kernel.check(SystemCall.SETFSGID, Long.toString(id), id);
        Kernel.check(SystemCall.SETFSUID, Long.toString(id), id);
    }
}
