package linux.syscall;

import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.RLimit;

/**
 * Plain POSIX questions to the C library, which knows what no file tells: groups of a directory
 * service, limits in force. Through jnr-posix, whose start-up of some hundred milliseconds keeps it
 * to commands that are not in a hurry.
 */
public final class PosixHost {
    /** {@code RLIMIT_NOFILE} ({@code getrlimit(2)}). */
    private static final int OPEN_FILES = 7;

    private final POSIX posix = POSIXFactory.getNativePOSIX();

    /** The soft limit of open files of this process, {@link Long#MAX_VALUE} for none. */
    public long openFilesLimit() {
        RLimit limit = posix.getrlimit(OPEN_FILES);
        long soft = limit.rlimCur();
        return soft < 0 ? Long.MAX_VALUE : soft;
    }

    /** Whether the host has a group of that name ({@code getgrnam(3)}). */
    public boolean hasGroup(String name) {
        Group group = posix.getgrnam(name);
        return group != null;
    }

    /** Whether this process acts as root ({@code geteuid(2)}). */
    public boolean isRoot() {
        return posix.geteuid() == 0;
    }
}
