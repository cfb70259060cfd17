package runtime.launch;

import java.util.List;
import java.util.Optional;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.EncodedProgram;
import linux.program.Encoder;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import linux.stub.StubCode;
import linux.syscall.Kernel;
import runtime.plan.LaunchPlan;
import runtime.plan.StatusPage;

/**
 * What a keeper does before its plan: it waits for one, and reads it over itself. Its steps are the same,
 * at the same addresses, in the program it is spawned with and in every one it may read; once the read
 * has returned they use no slot, for slots lie elsewhere in each.
 *
 * <pre>
 *   agent                                  keeper
 *   spawn ───────────────────────────────► wait for the word, or for the agent's end
 *   …a start is asked for…
 *   write the file: path of the user
 *   namespace, program
 *   the word: eventfd ───────────────────► open the namespace, read the program, run it
 * </pre>
 *
 * <p>The word comes through an {@code eventfd(2)}: the reader of a pipe would be woken on the writer's
 * processor and wait until that is free. A pipe tells of the agent's end.
 */
final class KeeperPrologue {
    /** Under this number a keeper finds the file its program will be in. */
    static final int PROGRAM_DESCRIPTOR = 100;
    /** Under this number it keeps the user namespace it is handed; plans name it. */
    static final int USER_NAMESPACE_DESCRIPTOR = 101;
    /** Under this number it finds the pipe whose other end the agent holds. */
    static final int LIFE_DESCRIPTOR = 102;
    /** Under this number it finds the eventfd the word comes through. */
    static final int WORD_DESCRIPTOR = 104;
    /** The first bytes of the file: a path and zeros. The program follows. */
    static final int PATH_BYTES = 64;
    /** The memory a spare keeper has room for, most of it never touched. */
    static final int MEMORY_BYTES = (1 << 22) + (1 << 18);
    private static final int POLLIN = 1;
    private static final Operand HERE = Operand.number(-100, "AT_FDCWD");
    private static final Operand ZERO = Operand.number(0);

    private KeeperPrologue() {}

    /** The program of a plan, as a spare keeper reads it. */
    static EncodedProgram program(LaunchPlan plan) {
        return encode(plan.instructions(), new Encoder.Trace(StatusPage.TRACE_OFFSET_BYTES,
                plan.firstTracedStep(), StatusPage.TRACE_CAPACITY));
    }

    /** What a spare keeper is spawned with: the prologue, and an exit should the read have failed. */
    static EncodedProgram waiting() {
        return encode(List.of(exit(124)), Encoder.Trace.NONE);
    }

    private static EncodedProgram encode(List<Instruction> instructions, Encoder.Trace trace) {
        return new Encoder(Kernel.ARCHITECTURE, StubCode.PROGRAM_ADDRESS, StatusPage.ADDRESS, trace)
                .encode(instructions(), instructions, StatusPage.FAILURE);
    }

    private static List<Instruction> instructions() {
        Slot poll = Slot.buffer("poll_word", 16);
        Slot path = Slot.buffer("path", PATH_BYTES);
        Slot opened = Slot.result("handed");
        return List.of(
                store(poll, 0, LIFE_DESCRIPTOR),
                store(poll, 4, POLLIN),
                store(poll, 8, WORD_DESCRIPTOR),
                store(poll, 12, POLLIN),
                new Instruction.Label("wait for the word"),
                new Instruction.Call(SystemCall.PPOLL, List.of(Operand.address(poll),
                        Operand.number(2), Operand.nothing(), Operand.nothing(), Operand.number(8)),
                        new OnError.Goto("wait for the word"), Optional.empty(), Optional.empty()),
                new Instruction.JumpIfClear(
                        new Operand.SlotAddress(poll, 12), POLLIN << 16, "agent gone"),
                call(SystemCall.PREAD64, Operand.number(PROGRAM_DESCRIPTOR), Operand.address(path),
                        Operand.number(PATH_BYTES), ZERO),
                // Without a user namespace the path is empty, and these three do nothing.
                new Instruction.Call(SystemCall.OPENAT, List.of(HERE, Operand.address(path),
                        Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)), new OnError.Ignore(),
                        Optional.of(opened), Optional.empty()),
                call(SystemCall.DUP3, Operand.value(opened),
                        Operand.number(USER_NAMESPACE_DESCRIPTOR), ZERO),
                call(SystemCall.CLOSE, Operand.value(opened)),
                call(SystemCall.CLOSE, Operand.number(LIFE_DESCRIPTOR)),
                call(SystemCall.CLOSE, Operand.number(WORD_DESCRIPTOR)),
                call(SystemCall.PREAD64, Operand.number(PROGRAM_DESCRIPTOR),
                        Operand.number(StubCode.PROGRAM_ADDRESS), Operand.number(MEMORY_BYTES),
                        Operand.number(PATH_BYTES)),
                call(SystemCall.CLOSE, Operand.number(PROGRAM_DESCRIPTOR)),
                Instruction.jump("plan"),
                new Instruction.Label("agent gone"),
                exit(0),
                new Instruction.Label("plan"));
    }

    private static Instruction store(Slot slot, int offsetBytes, int value) {
        return new Instruction.Store32(
                new Operand.SlotAddress(slot, offsetBytes), Operand.number(value));
    }

    private static Instruction exit(int code) {
        return call(SystemCall.EXIT_GROUP, Operand.number(code));
    }

    static Instruction call(SystemCall call, Operand... arguments) {
        return new Instruction.Call(
                call, List.of(arguments), new OnError.Ignore(), Optional.empty(), Optional.empty());
    }
}
