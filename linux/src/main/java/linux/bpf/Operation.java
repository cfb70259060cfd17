package linux.bpf;

/** What is done with two numbers of 64 bits. */
public enum Operation {
    /** Sum. */
    ADD(0x00),
    /** Difference. */
    SUBTRACT(0x10),
    /** Product. */
    MULTIPLY(0x20),
    /** Bits that either has. */
    OR(0x40),
    /** Bits that both have. */
    AND(0x50),
    /** Towards higher bits. */
    SHIFT_LEFT(0x60),
    /** Towards lower bits, zeros follow. */
    SHIFT_RIGHT(0x70),
    /** Bits that one of the two has. */
    EXCLUSIVE_OR(0xa0),
    /** The second alone. */
    MOVE(0xb0);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
