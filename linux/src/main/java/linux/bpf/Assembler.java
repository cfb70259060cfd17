package linux.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a program for the kernel's virtual machine, an instruction for each call, in the order they are run
 * ({@code instruction-set.rst} of the kernel's documentation; 8 bytes each, little endian). Places that jumps lead to have names.
 */
public final class Assembler {
    /** Bytes of an instruction; {@link #loadMap} takes two. */
    public static final int INSTRUCTION_BYTES = 8;

    private static final int LOAD_64 = 0x18;
    private static final int LOAD = 0x61;
    private static final int STORE = 0x63;
    private static final int STORE_NUMBER = 0x62;
    private static final int ARITHMETIC_64 = 0x07;
    private static final int JUMP = 0x05;
    private static final int FROM_REGISTER = 0x08;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    /** The number is a map's file descriptor, in whose place the kernel puts the map. */
    private static final int MAP_DESCRIPTOR = 1;

    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();

    private record Line(int code, int registers, int offset, int number, String target) {}

    /** The place that jumps to that name lead to: what is written next. */
    public Assembler label(String name) {
        if (places.put(name, lines.size()) != null) {
            throw new IllegalArgumentException("label " + name + " is there twice");
        }
        return this;
    }

    /** {@code to = *(width *) (from + offsetBytes)}. */
    public Assembler load(Width width, Register to, Register from, int offsetBytes) {
        return add(LOAD | width.code(), to, from, offsetBytes, 0);
    }

    /** {@code *(width *) (to + offsetBytes) = from}. */
    public Assembler store(Width width, Register to, int offsetBytes, Register from) {
        return add(STORE | width.code(), to, from, offsetBytes, 0);
    }

    /** {@code *(width *) (to + offsetBytes) = number}. */
    public Assembler store(Width width, Register to, int offsetBytes, int number) {
        return add(STORE_NUMBER | width.code(), to, Register.R0, offsetBytes, number);
    }

    /** {@code to = to operation from}. */
    public Assembler compute(Operation operation, Register to, Register from) {
        return add(ARITHMETIC_64 | FROM_REGISTER | operation.code(), to, from, 0, 0);
    }

    /** {@code to = to operation number}; the number is as an int is, also with its sign. */
    public Assembler compute(Operation operation, Register to, int number) {
        return add(ARITHMETIC_64 | operation.code(), to, Register.R0, 0, number);
    }

    /** {@code to = from}. */
    public Assembler move(Register to, Register from) {
        return compute(Operation.MOVE, to, from);
    }

    /** {@code to = number}, with its sign. */
    public Assembler move(Register to, int number) {
        return compute(Operation.MOVE, to, number);
    }

    /** {@code to =} the map of that file descriptor, as helpers take it. */
    public Assembler loadMap(Register to, int descriptor) {
        lines.add(new Line(LOAD_64, MAP_DESCRIPTOR << 4 | to.ordinal(), 0, descriptor, null));
        lines.add(new Line(0, 0, 0, 0, null));
        return this;
    }

    /** Goes on at that place. */
    public Assembler jump(String target) {
        lines.add(new Line(JUMP, 0, 0, 0, target));
        return this;
    }

    /** Goes on at that place if {@code one condition other}. */
    public Assembler jump(Condition condition, Register one, Register other, String target) {
        lines.add(new Line(JUMP | FROM_REGISTER | condition.code(), other.ordinal() << 4 | one.ordinal(), 0, 0, target));
        return this;
    }

    /** Goes on at that place if {@code one condition number}; the number has its sign, the comparison none. */
    public Assembler jump(Condition condition, Register one, int number, String target) {
        lines.add(new Line(JUMP | condition.code(), one.ordinal(), 0, number, target));
        return this;
    }

    /** Calls the kernel. */
    public Assembler call(KernelFunction function) {
        lines.add(new Line(CALL, 0, 0, function.number(), null));
        return this;
    }

    /** The program ends; R0 is its answer. */
    public Assembler exit() {
        lines.add(new Line(EXIT, 0, 0, 0, null));
        return this;
    }

    private Assembler add(int code, Register to, Register from, int offsetBytes, int number) {
        if (offsetBytes != (short) offsetBytes) {
            throw new IllegalArgumentException("offset " + offsetBytes + " does not fit into 16 bits");
        }
        lines.add(new Line(code, from.ordinal() << 4 | to.ordinal(), offsetBytes, number, null));
        return this;
    }

    /**
     * The program as {@code bpf(2)} takes it.
     *
     * @throws IllegalStateException if a jump leads nowhere, or too far
     */
    public byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(lines.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            int offset = line.offset();
            if (line.target() != null) {
                Integer place = places.get(line.target());
                if (place == null) {
                    throw new IllegalStateException("a jump to " + line.target() + ", which is nowhere");
                }
                offset = place - i - 1;
                if (offset != (short) offset) {
                    throw new IllegalStateException("a jump to " + line.target() + " over " + offset + " instructions");
                }
            }
            bytes.put((byte) line.code()).put((byte) line.registers()).putShort((short) offset).putInt(line.number());
        }
        return bytes.array();
    }
}
