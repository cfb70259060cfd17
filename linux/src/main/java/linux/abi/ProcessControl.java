package linux.abi;

/** Options of {@code prctl(2)}, {@code linux/prctl.h}. */
public enum ProcessControl implements Flag {
    PR_SET_PDEATHSIG(1),
    PR_SET_DUMPABLE(4),
    PR_SET_KEEPCAPS(8),
    PR_SET_SECCOMP(22),
    PR_CAPBSET_DROP(24),
    PR_SET_SECUREBITS(28),
    PR_SET_CHILD_SUBREAPER(36),
    PR_SET_NO_NEW_PRIVS(38),
    PR_CAP_AMBIENT(47),
    PR_SET_NAME(15);

    private final long value;

    ProcessControl(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
