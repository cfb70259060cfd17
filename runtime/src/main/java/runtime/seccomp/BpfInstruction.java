package runtime.seccomp;

/**
 * One classic BPF instruction, {@code struct sock_filter} of {@code linux/filter.h}.
 *
 * @param code        operation
 * @param jumpIfTrue  instructions skipped if a comparison holds, 0 to 255
 * @param jumpIfFalse instructions skipped if it does not, 0 to 255
 * @param operand     constant, offset into {@code struct seccomp_data}, or jump distance
 */
public record BpfInstruction(int code, int jumpIfTrue, int jumpIfFalse, int operand) {
    /** Loads a 32-bit word of {@code struct seccomp_data} into the accumulator. */
    public static final int LOAD = 0x20;
    /** Compares for equality. */
    public static final int JUMP_EQUAL = 0x15;
    /** Compares as unsigned numbers: accumulator greater than operand. */
    public static final int JUMP_GREATER = 0x25;
    /** Compares as unsigned numbers: accumulator greater than or equal to operand. */
    public static final int JUMP_GREATER_OR_EQUAL = 0x35;
    /** Jumps always, by the operand. */
    public static final int JUMP = 0x05;
    /** Keeps the accumulator's bits that are set in the operand. */
    public static final int AND = 0x54;
    /** Ends the program with the operand as the verdict. */
    public static final int RETURN = 0x06;

    /** Bytes of one instruction. */
    public static final int SIZE_BYTES = 8;

    @Override
    public String toString() {
        return switch (code) {
            case LOAD -> "ld [" + operand + "]";
            case JUMP_EQUAL -> jump("jeq");
            case JUMP_GREATER -> jump("jgt");
            case JUMP_GREATER_OR_EQUAL -> jump("jge");
            case JUMP -> "ja +" + operand;
            case AND -> "and 0x" + Integer.toHexString(operand);
            case RETURN -> "ret 0x" + Integer.toHexString(operand);
            default -> "code 0x" + Integer.toHexString(code);
        };
    }

    private String jump(String name) {
        return name + " 0x" + Integer.toHexString(operand)
                + " +" + jumpIfTrue + " +" + jumpIfFalse;
    }
}
