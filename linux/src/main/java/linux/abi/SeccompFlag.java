package linux.abi;

/** Flags of {@code seccomp(2)} for {@code SECCOMP_SET_MODE_FILTER}. */
public enum SeccompFlag implements Flag {
    SECCOMP_FILTER_FLAG_TSYNC(1),
    SECCOMP_FILTER_FLAG_LOG(1 << 1),
    SECCOMP_FILTER_FLAG_SPEC_ALLOW(1 << 2),
    SECCOMP_FILTER_FLAG_NEW_LISTENER(1 << 3),
    SECCOMP_FILTER_FLAG_TSYNC_ESRCH(1 << 4),
    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV(1 << 5);

    private final long value;

    SeccompFlag(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
