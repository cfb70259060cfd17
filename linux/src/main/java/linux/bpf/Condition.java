package linux.bpf;

/** When a jump is taken; numbers have no sign. */
public enum Condition {
    /** Both are the same. */
    EQUAL(0x10),
    /** They differ. */
    NOT_EQUAL(0x50),
    /** The first is greater. */
    GREATER(0x20),
    /** The first is greater, or both are the same. */
    AT_LEAST(0x30),
    /** The first is less. */
    LESS(0xa0),
    /** They have a bit in common. */
    ANY_BIT(0x40);

    private final int code;

    Condition(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
