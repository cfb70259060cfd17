package linux.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import linux.abi.Architecture;

/**
 * Turns instructions into the bytes the stub reads.
 *
 * <p>Header, 16 bytes: address of the first step, address where a failure is recorded ({@code u32}
 * offset of the step within the steps + 1, {@code i32} result). Then one {@value #STEP_BYTES}-byte
 * step per instruction, little endian:
 *
 * <pre>
 *   0 u8  operation    1 u8 flags (1 = record a failure)   4 u32 bit i: argument i is an address to load
 *   8 u64 number of the system call                       16 u64[6] arguments
 *  64 u32 offset of the step to go to on error or jump    68 i32 an errno as good as success
 *  72 u64 address for the result or 0                     80 u64 address for result and time or 0
 *  88 u32 offset of the step to go to on result 0         92 u32 unused
 * </pre>
 */
public final class Encoder {
    /** The size of one step. */
    public static final int STEP_BYTES = 96;
    /** The size of what stands before the steps. */
    public static final int HEADER_BYTES = 16;
    /** The size of one record of the trace: {@code i64} result, {@code u64} processor ticks. */
    public static final int TRACE_BYTES = 16;

    static final int OPERATION_CALL = 0;
    static final int OPERATION_JUMP_IF_CLEAR = 1;
    static final int OPERATION_STORE_32 = 2;
    static final int OPERATION_STORE_64 = 3;
    static final int OPERATION_CHECK_32 = 4;
    static final int OPERATION_DECIMAL = 5;
    static final int OPERATION_RETURN = 6;
    static final int NO_TARGET = -1;
    private static final int FLAG_RECORD_FAILURE = 1;
    private static final int UNTRACED = -1;
    /** Slots up to this size are part of the bytes; larger ones are left to zeroed memory behind. */
    private static final int LARGE_SLOT_BYTES = 1024;
    /** Where those start, counted from the program's address: far enough behind any program. */
    private static final long LARGE_AREA_OFFSET = 1L << 22;

    private final Architecture architecture;
    private final long baseAddress;
    private final long sharedAddress;
    private final Trace trace;
    private final Map<String, Integer> labelOffsets = new HashMap<>();
    private final Map<String, Placed> slots = new HashMap<>();
    private final Map<String, Long> textAddresses = new HashMap<>();
    /** By identity: the same argv stands in one step per folder of PATH. */
    private final Map<Operand.Words, Long> arrayAddresses = new IdentityHashMap<>();
    private final DataArea data;
    private long nextLargeAddress;

    /**
     * Where a program leaves results and times: one record per instruction, by its index.
     *
     * @param offsetBytes from the start of the shared memory
     * @param first       index of the first instruction that leaves a record: the one that maps the
     *                    shared memory, if the program does that itself
     * @param end         index of the first instruction for which there is no room any more
     */
    public record Trace(int offsetBytes, int first, int end) {
        /** No trace. */
        public static final Trace NONE = new Trace(0, 0, 0);

        boolean covers(int index) {
            return index >= first && index < end;
        }
    }

    /**
     * An encoder for one program.
     *
     * @param architecture     whose call numbers are used
     * @param baseAddress      where the bytes will lie
     * @param sharedAddress    where the shared memory will lie, or 0 if the program uses none
     * @param trace            where results and times go
     */
    public Encoder(
            Architecture architecture,
            long baseAddress,
            long sharedAddress,
            Trace trace) {
        this.architecture = architecture;
        this.baseAddress = baseAddress;
        this.sharedAddress = sharedAddress;
        this.trace = trace;
        this.data = new DataArea();
        this.nextLargeAddress = baseAddress + LARGE_AREA_OFFSET;
    }

    /**
     * Encodes the instructions; a failure is recorded in the slot.
     *
     * @throws ProgramException if a label is missing or named twice, or a call does not exist on the
     *     architecture
     */
    public EncodedProgram encode(List<Instruction> instructions, Slot failure) {
        return encode(List.of(), instructions, failure);
    }

    /**
     * Encodes the instructions behind a prologue. Its steps stand first, so they lie at the same
     * addresses in every program with this prologue; they leave no trace, and the index of an
     * instruction does not count them.
     *
     * @throws ProgramException as {@link #encode(List, Slot)}
     */
    public EncodedProgram encode(
            List<Instruction> prologue, List<Instruction> instructions, Slot failure) {
        int prologueSteps = placeLabels(prologue, 0, new int[prologue.size()]);
        int[] indexes = new int[prologueSteps + instructions.size()];
        Arrays.fill(indexes, EncodedProgram.NO_INSTRUCTION);
        int steps = placeLabels(instructions, prologueSteps, indexes);
        int stepsBytes = steps * STEP_BYTES;
        data.begin(baseAddress + HEADER_BYTES + stepsBytes);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + stepsBytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(baseAddress + HEADER_BYTES);
        out.putLong(addressOf(failure));
        for (Instruction instruction : prologue) {
            if (!(instruction instanceof Instruction.Label)) {
                encodeStep(out, instruction, UNTRACED);
            }
        }
        for (int index = 0; index < instructions.size(); index++) {
            Instruction instruction = instructions.get(index);
            if (!(instruction instanceof Instruction.Label)) {
                encodeStep(out, instruction, index);
            }
        }
        byte[] bytes = new byte[out.capacity() + data.size()];
        System.arraycopy(out.array(), 0, bytes, 0, out.capacity());
        data.copyTo(bytes, out.capacity());
        int memoryBytes = memoryBytes(bytes);
        return new EncodedProgram(bytes, memoryBytes, indexes, addresses());
    }

    private int placeLabels(List<Instruction> instructions, int firstStep, int[] indexes) {
        int steps = firstStep;
        for (int index = 0; index < instructions.size(); index++) {
            if (instructions.get(index) instanceof Instruction.Label(String name)) {
                if (labelOffsets.put(name, steps * STEP_BYTES) != null) {
                    throw new ProgramException("label " + name + " stands twice");
                }
            } else {
                indexes[steps] = index;
                steps++;
            }
        }
        return steps;
    }

    private Map<String, Long> addresses() {
        Map<String, Long> addresses = new HashMap<>(slots.size() * 2);
        slots.forEach((name, placed) -> addresses.put(name, placed.address));
        return addresses;
    }

    private int memoryBytes(byte[] bytes) {
        if (bytes.length > LARGE_AREA_OFFSET) {
            throw new ProgramException("the program has " + bytes.length + " bytes; at most "
                    + LARGE_AREA_OFFSET + " fit");
        }
        boolean noLargeSlot = nextLargeAddress == baseAddress + LARGE_AREA_OFFSET;
        return noLargeSlot ? bytes.length : Math.toIntExact(nextLargeAddress - baseAddress);
    }

    private void encodeStep(ByteBuffer out, Instruction instruction, int index) {
        long traceAddress = trace.covers(index)
                ? sharedAddress + trace.offsetBytes() + (long) index * TRACE_BYTES : 0;
        switch (instruction) {
            case Instruction.Call call -> {
                step(out, OPERATION_CALL, number(call), call.arguments(), call.onError(),
                        call.result().map(this::addressOf).orElse(0L),
                        call.onZero().isPresent() ? 0 : traceAddress,
                        call.onZero().map(this::target).orElse(NO_TARGET));
            }
            case Instruction.JumpIfClear jump -> step(out, OPERATION_JUMP_IF_CLEAR, 0,
                    List.of(mappedAddress(jump), Operand.number(jump.mask())),
                    new OnError.Goto(jump.label()), 0, 0, NO_TARGET);
            case Instruction.Store32 store -> step(out, OPERATION_STORE_32, 0,
                    List.of(store.address(), store.value()), new OnError.Ignore(), 0, 0, NO_TARGET);
            case Instruction.Store64 store -> step(out, OPERATION_STORE_64, 0,
                    List.of(store.address(), store.value()), new OnError.Ignore(), 0, 0, NO_TARGET);
            case Instruction.Check32 check -> step(out, OPERATION_CHECK_32, 0,
                    List.of(check.address()), check.onError(), 0, traceAddress, NO_TARGET);
            case Instruction.Decimal decimal -> step(out, OPERATION_DECIMAL, 0,
                    List.of(decimal.value(),
                            new Operand.SlotAddress(decimal.text(), decimal.text().sizeBytes() - 1)),
                    new OnError.Ignore(), addressOf(decimal.result()), 0, NO_TARGET);
            case Instruction.Return ret -> step(out, OPERATION_RETURN, 0,
                    List.of(), new OnError.Ignore(), 0, 0, NO_TARGET);
            case Instruction.Label label -> throw new ProgramException("a label has no step");
        }
    }

    /** A jump that is always taken still loads from somewhere: from its own header. */
    private Operand mappedAddress(Instruction.JumpIfClear jump) {
        return jump.mask() == 0 ? Operand.number(baseAddress) : jump.address();
    }

    private long number(Instruction.Call call) {
        return call.call().number(architecture);
    }

    private void step(
            ByteBuffer out,
            int operation,
            long number,
            List<Operand> arguments,
            OnError onError,
            long resultAddress,
            long traceAddress,
            int zeroTarget) {
        int loads = 0;
        long[] values = new long[6];
        for (int i = 0; i < arguments.size(); i++) {
            values[i] = resolve(arguments.get(i));
            if (arguments.get(i) instanceof Operand.SlotValue) {
                loads |= 1 << i;
            }
        }
        boolean records = onError instanceof OnError.Fail || onError instanceof OnError.Tolerate;
        out.put((byte) operation).put((byte) (records ? FLAG_RECORD_FAILURE : 0)).putShort((short) 0);
        out.putInt(loads).putLong(number);
        for (long value : values) {
            out.putLong(value);
        }
        switch (onError) {
            case OnError.Fail(String label) -> out.putInt(target(label)).putInt(0);
            case OnError.Goto(String label) -> out.putInt(target(label)).putInt(0);
            case OnError.Ignore() -> out.putInt(NO_TARGET).putInt(0);
            case OnError.Tolerate(int errno, String name, String label) ->
                    out.putInt(target(label)).putInt(errno);
        }
        out.putLong(resultAddress).putLong(traceAddress).putInt(zeroTarget).putInt(0);
    }

    private int target(String label) {
        Integer offset = labelOffsets.get(label);
        if (offset == null) {
            throw new ProgramException("no label " + label);
        }
        return offset;
    }

    private long resolve(Operand operand) {
        return switch (operand) {
            case Operand.Number(long value, String symbol) -> value;
            case Operand.Text(String value) -> textAddresses.computeIfAbsent(value, text ->
                    data.append((text + "\0").getBytes(StandardCharsets.UTF_8), 1));
            case Operand.Block(byte[] bytes, String symbol) -> data.append(bytes, Long.BYTES);
            case Operand.Words words -> {
                Long known = arrayAddresses.get(words);
                if (known == null) {
                    known = words(words);
                    arrayAddresses.put(words, known);
                }
                yield known;
            }
            case Operand.SlotValue(Slot slot, int offset) -> addressOf(slot) + offset;
            case Operand.SlotAddress(Slot slot, int offset) -> addressOf(slot) + offset;
        };
    }

    private long words(Operand.Words words) {
        int count = words.values().size() + (words.nullTerminated() ? 1 : 0);
        ByteBuffer array = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Operand value : words.values()) {
            if (value instanceof Operand.SlotValue(Slot slot, int offset)) {
                throw new ProgramException("an array cannot hold the run-time value of " + slot.name());
            }
            array.putLong(resolve(value));
        }
        return data.append(array.array(), Long.BYTES);
    }

    /** A slot that has its address. */
    private record Placed(Slot slot, long address) {}

    private long addressOf(Slot slot) {
        Placed known = slots.get(slot.name());
        if (known == null) {
            long address = switch (slot.place()) {
                case Slot.Place.Shared(int offset) -> sharedAddress + offset;
                case Slot.Place.Private() -> place(slot);
            };
            slots.put(slot.name(), new Placed(slot, address));
            return address;
        }
        if (known.slot != slot && !known.slot.equals(slot)) {
            throw new ProgramException("two slots are named " + slot.name());
        }
        return known.address;
    }

    private long place(Slot slot) {
        if (slot.sizeBytes() <= LARGE_SLOT_BYTES) {
            return data.append(new byte[slot.sizeBytes()], Long.BYTES);
        }
        long address = nextLargeAddress;
        nextLargeAddress += (slot.sizeBytes() + 15) & ~15;
        return address;
    }
}
