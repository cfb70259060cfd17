package linux.abi;

/** Execution domains of {@code personality(2)}, {@code linux/personality.h}. */
public enum ExecutionDomain implements Flag {
    PER_LINUX(0),
    PER_LINUX32(0x0008);

    private final long value;

    ExecutionDomain(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
