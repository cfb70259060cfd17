package runtime.cgroup;

import java.nio.ByteBuffer;

/**
 * One eBPF instruction, {@code struct bpf_insn} of {@code linux/bpf.h} (RFC 9669): the few kinds a
 * device program needs, on 64-bit registers.
 *
 * @param code        operation
 * @param destination register 0 to 10
 * @param source      register 0 to 10
 * @param offset      bytes for a load, instructions skipped for a jump
 * @param immediate   constant, sign-extended to 64 bits
 */
public record EbpfInstruction(
        int code, int destination, int source, int offset, int immediate) {

    /** Bytes of one instruction. */
    public static final int SIZE_BYTES = 8;

    static final int LOAD_WORD = 0x61;
    static final int MOVE = 0xb7;
    static final int MOVE_REGISTER = 0xbf;
    static final int AND = 0x57;
    static final int SHIFT_RIGHT = 0x77;
    static final int JUMP_IF_EQUAL = 0x15;
    static final int JUMP_IF_NOT_EQUAL = 0x55;
    static final int EXIT = 0x95;

    static EbpfInstruction loadWord(int destination, int source, int offset) {
        return new EbpfInstruction(LOAD_WORD, destination, source, offset, 0);
    }

    static EbpfInstruction move(int destination, int immediate) {
        return new EbpfInstruction(MOVE, destination, 0, 0, immediate);
    }

    static EbpfInstruction moveRegister(int destination, int source) {
        return new EbpfInstruction(MOVE_REGISTER, destination, source, 0, 0);
    }

    static EbpfInstruction and(int destination, int immediate) {
        return new EbpfInstruction(AND, destination, 0, 0, immediate);
    }

    static EbpfInstruction shiftRight(int destination, int bits) {
        return new EbpfInstruction(SHIFT_RIGHT, destination, 0, 0, bits);
    }

    static EbpfInstruction jumpIfEqual(int register, int immediate, int offset) {
        return new EbpfInstruction(JUMP_IF_EQUAL, register, 0, offset, immediate);
    }

    static EbpfInstruction jumpIfNotEqual(int register, int immediate, int offset) {
        return new EbpfInstruction(JUMP_IF_NOT_EQUAL, register, 0, offset, immediate);
    }

    static EbpfInstruction exit() {
        return new EbpfInstruction(EXIT, 0, 0, 0, 0);
    }

    void put(ByteBuffer bytes) {
        bytes.put((byte) code)
                .put((byte) (source << 4 | destination))
                .putShort((short) offset)
                .putInt(immediate);
    }
}
