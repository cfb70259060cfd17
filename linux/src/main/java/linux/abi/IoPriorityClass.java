package linux.abi;

/** Classes of {@code ioprio_set(2)}, {@code linux/ioprio.h}. */
public enum IoPriorityClass implements Flag {
    IOPRIO_CLASS_RT(1),
    IOPRIO_CLASS_BE(2),
    IOPRIO_CLASS_IDLE(3);

    /** Where the class stands above the level in an I/O priority. */
    public static final int SHIFT_BITS = 13;

    private final long value;

    IoPriorityClass(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
