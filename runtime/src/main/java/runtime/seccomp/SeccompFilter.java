package runtime.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import linux.abi.Architecture;
import linux.abi.SystemCall;
import runtime.spec.Seccomp.Action;

/**
 * A compiled filter: what {@code seccomp(2)} takes, and an interpreter that says what the kernel
 * would do.
 *
 * @param architecture the architecture it was compiled for
 * @param instructions the program
 * @param unknownNames calls of the profile that this architecture does not have; they were skipped
 */
public record SeccompFilter(
        Architecture architecture, List<BpfInstruction> instructions, List<String> unknownNames) {

    private static final int DATA_MASK = 0xFFFF;

    public SeccompFilter {
        instructions = List.copyOf(instructions);
        unknownNames = List.copyOf(unknownNames);
    }

    /** The program as an array of {@code struct sock_filter}, 8 bytes each, little endian. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(instructions.size() * BpfInstruction.SIZE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (BpfInstruction instruction : instructions) {
            bytes.putShort((short) instruction.code())
                    .put((byte) instruction.jumpIfTrue())
                    .put((byte) instruction.jumpIfFalse())
                    .putInt(instruction.operand());
        }
        return bytes.array();
    }

    /**
     * What happens to a call; arguments left out are 0.
     *
     * @throws IllegalArgumentException if the architecture does not have the call
     */
    public Verdict verdict(SystemCall call, long... arguments) {
        return verdict(architecture.auditNumber(), call.number(architecture), arguments);
    }

    /**
     * What happens to a call by number, from any instruction set.
     *
     * @param auditNumber {@code AUDIT_ARCH_*} of the caller
     * @param number      as that instruction set numbers it
     * @param arguments   at most six
     */
    public Verdict verdict(int auditNumber, int number, long... arguments) {
        ByteBuffer data = SeccompData.of(auditNumber, number, arguments);
        int accumulator = 0;
        int at = 0;
        for (int steps = 1; ; steps++) {
            BpfInstruction instruction = instructions.get(at);
            int operand = instruction.operand();
            at++;
            switch (instruction.code()) {
                case BpfInstruction.LOAD -> accumulator = data.getInt(operand);
                case BpfInstruction.AND -> accumulator &= operand;
                case BpfInstruction.JUMP -> at += operand;
                case BpfInstruction.JUMP_EQUAL -> at += skip(instruction, accumulator == operand);
                case BpfInstruction.JUMP_GREATER -> at += skip(instruction,
                        Integer.compareUnsigned(accumulator, operand) > 0);
                case BpfInstruction.JUMP_GREATER_OR_EQUAL -> at += skip(instruction,
                        Integer.compareUnsigned(accumulator, operand) >= 0);
                case BpfInstruction.RETURN -> {
                    return decode(operand, steps);
                }
                default -> throw new IllegalStateException("unknown instruction " + instruction);
            }
        }
    }

    private static int skip(BpfInstruction instruction, boolean holds) {
        return holds ? instruction.jumpIfTrue() : instruction.jumpIfFalse();
    }

    private static Verdict decode(int value, int steps) {
        for (Action action : Action.values()) {
            if (action.kernelValue() == (value & ~DATA_MASK)) {
                return new Verdict(action, value & DATA_MASK, steps);
            }
        }
        throw new IllegalStateException("unknown verdict 0x" + Integer.toHexString(value));
    }
}
