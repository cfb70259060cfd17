package linux.stub;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import linux.abi.SystemCall;
import linux.program.EncodedProgram;
import linux.program.Encoder;
import linux.program.Instruction;
import linux.program.Slot;
import linux.syscall.Kernel;
import linux.syscall.Memory;
import linux.syscall.SystemCallException;

/**
 * Runs a program on the calling thread, inside this process.
 *
 * <p>The program may make a child with {@code clone3(CLONE_VM|CLONE_VFORK)} that goes on in the same
 * memory; no Java runs in that child, and it must end in {@code execve(2)} or {@code exit_group(2)}.
 */
public final class Stub {
    private static final int PROGRAM_BYTES = 1 << 16;
    private static final MethodHandle RUN = link();

    private Stub() {}

    /**
     * What a program left behind.
     *
     * @param failedInstruction index of the instruction that failed, or -1
     * @param result            what it returned, negative errno
     * @param memory            the program's memory, valid as long as the arena given to {@link #run}
     * @param program           where its slots lie
     */
    public record Outcome(
            int failedInstruction, int result, MemorySegment memory, EncodedProgram program) {

        /** The 64 bits a slot holds. */
        public long slot(Slot slot) {
            long address = program.slotAddresses().get(slot.name());
            return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, address - memory.address());
        }
    }

    /**
     * Runs the instructions, which must end in {@link Instruction.Return} on the parent's side.
     *
     * @param instructions what to do; the label {@code failed} must stand before a return
     * @param failure      the slot for the failure record
     * @param arena        owns the program's memory
     */
    public static Outcome run(List<Instruction> instructions, Slot failure, Arena arena) {
        MemorySegment memory = arena.allocate(PROGRAM_BYTES, Long.BYTES);
        EncodedProgram program = new Encoder(Kernel.ARCHITECTURE, memory.address(), 0, Encoder.Trace.NONE)
                .encode(instructions, failure);
        if (program.memoryBytes() > PROGRAM_BYTES) {
            throw new IllegalArgumentException("the program needs " + program.memoryBytes()
                    + " bytes; " + PROGRAM_BYTES + " is the most that runs inside this process");
        }
        MemorySegment.copy(program.bytes(), 0, memory, ValueLayout.JAVA_BYTE, 0, program.bytes().length);
        try {
            RUN.invokeExact(memory);
        } catch (Throwable unexpected) {
            throw new IllegalStateException("downcall of the stub", unexpected);
        }
        long record = program.slotAddresses().get(failure.name()) - memory.address();
        int offset = memory.get(ValueLayout.JAVA_INT_UNALIGNED, record);
        int result = memory.get(ValueLayout.JAVA_INT_UNALIGNED, record + Integer.BYTES);
        int failed = offset == 0 ? -1 : program.instructionAt(offset - 1);
        return new Outcome(failed, result, memory, program);
    }

    private static MethodHandle link() {
        byte[] code = StubCode.bytes(Kernel.ARCHITECTURE);
        try {
            // A file mapping, not anonymous memory: the kernel then sees to the instruction cache.
            int file = Memory.executableFile("jctl-stub", code);
            MemorySegment mapped = Memory.map(file, code.length, Memory.READ | Memory.EXECUTE);
            Kernel.call(SystemCall.CLOSE, file);
            MemorySegment entry = mapped.asSlice(StubCode.runOffset(Kernel.ARCHITECTURE));
            return Linker.nativeLinker().downcallHandle(
                    entry, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        } catch (SystemCallException refused) {
            throw new IllegalStateException("the stub cannot be mapped as code", refused);
        }
    }
}
