package clusterd.executor;

/**
 * How a container's program ended.
 *
 * @param code        its exit code, or 128 + signal
 * @param signal      that ended it; 0 = none
 * @param outOfMemory whether the kernel killed for lack of memory
 * @param unknown     whether nobody saw the end: the host went down, or what watched it was killed
 * @param leaseOver   why the end of the node's lease ended it, for people; {@code ""} if that did not
 */
public record ContainerExit(int code, int signal, boolean outOfMemory, boolean unknown, String leaseOver) {
    /** One that no lease ended. */
    public ContainerExit(int code, int signal, boolean outOfMemory, boolean unknown) {
        this(code, signal, outOfMemory, unknown, "");
    }

    /** One that ended of its own accord. */
    public static ContainerExit of(int code) {
        return new ContainerExit(code, 0, false, false);
    }

    /** Whether it was anything but a good end. */
    public boolean isFailure() {
        return code != 0 || unknown;
    }

    /** For a person. */
    public String words() {
        if (unknown) {
            return "how it ended is unknown: the host went down, or what watched over it was killed";
        }
        if (!leaseOver.isEmpty()) {
            return leaseOver;
        }
        if (outOfMemory && code != 0) {
            return "out of memory";
        }
        return signal != 0 ? "killed by signal " + signal : "exit code " + code;
    }
}
