package linux.stub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import org.junit.jupiter.api.Test;

/** The machine code of this machine's architecture, run for real. */
class StubTest {
    private static final Slot FAILURE = Slot.result("failure");
    private static final Slot RESULT = Slot.result("result");

    private static Instruction.Call call(SystemCall call, OnError onError, Operand... arguments) {
        return new Instruction.Call(call, List.of(arguments), onError, Optional.of(RESULT), Optional.empty());
    }

    private static Stub.Outcome run(Arena arena, Instruction... instructions) {
        return Stub.run(List.of(instructions), FAILURE, arena);
    }

    @Test
    void aCallStoresItsResult() {
        try (Arena arena = Arena.ofConfined()) {
            Stub.Outcome outcome = run(arena,
                    call(SystemCall.GETPID, new OnError.Ignore()), new Instruction.Return());
            assertEquals(ProcessHandle.current().pid(), outcome.slot(RESULT));
            assertEquals(-1, outcome.failedInstruction());
        }
    }

    @Test
    void aFailureNamesItsInstructionAndGoesToTheLabel() {
        try (Arena arena = Arena.ofConfined()) {
            Slot reached = Slot.result("reached");
            Stub.Outcome outcome = run(arena,
                    call(SystemCall.GETPID, new OnError.Ignore()),
                    call(SystemCall.CLOSE, new OnError.Fail("failed"), Operand.number(-1)),
                    new Instruction.Store64(Operand.address(reached), Operand.number(1)),
                    new Instruction.Label("failed"),
                    new Instruction.Return());
            assertEquals(1, outcome.failedInstruction());
            assertEquals(-Errno.EBADF.number(), outcome.result());
        }
    }

    @Test
    void aToleratedErrorIsNoFailure() {
        try (Arena arena = Arena.ofConfined()) {
            Stub.Outcome outcome = run(arena,
                    call(SystemCall.CLOSE, new OnError.Tolerate(Errno.EBADF.number(), "EBADF", "failed"),
                            Operand.number(-1)),
                    call(SystemCall.CLOSE, new OnError.Tolerate(Errno.EIO.number(), "EIO", "failed"),
                            Operand.number(-1)),
                    new Instruction.Label("failed"),
                    new Instruction.Return());
            assertEquals(1, outcome.failedInstruction());
        }
    }

    @Test
    void argumentsAreLoadedFromSlotsAndDecimalsWritten() {
        try (Arena arena = Arena.ofConfined()) {
            Slot number = Slot.result("number");
            Slot text = Slot.buffer("text", 16);
            Slot digits = Slot.result("digits");
            Stub.Outcome outcome = run(arena,
                    new Instruction.Store64(Operand.address(number), Operand.number(4294967295L)),
                    new Instruction.Decimal(Operand.value(number), text, digits),
                    new Instruction.Return());
            long first = outcome.slot(digits) - outcome.memory().address();
            assertEquals("4294967295", outcome.memory().getString(first));
        }
    }

    @Test
    void jumpsAndChecks() {
        try (Arena arena = Arena.ofConfined()) {
            Slot word = Slot.result("word");
            Slot passed = Slot.result("passed");
            Stub.Outcome outcome = run(arena,
                    new Instruction.Store32(Operand.address(word), Operand.number(4)),
                    new Instruction.JumpIfClear(Operand.address(word), 4, "failed"),
                    new Instruction.JumpIfClear(Operand.address(word), 3, "on"),
                    new Instruction.Return(),
                    new Instruction.Label("on"),
                    new Instruction.Store64(Operand.address(passed), Operand.number(7)),
                    new Instruction.Store32(Operand.address(word), Operand.number(-13)),
                    new Instruction.Check32(Operand.address(word), new OnError.Fail("failed")),
                    new Instruction.Return(),
                    new Instruction.Label("failed"),
                    new Instruction.Return());
            assertEquals(7, outcome.slot(passed));
            assertEquals(-13, outcome.result());
            assertEquals(7, outcome.failedInstruction());
        }
    }

    @Test
    void aChildRunsInTheSameMemoryAndEnds() {
        try (Arena arena = Arena.ofConfined()) {
            Slot mark = Slot.result("mark");
            Slot pid = Slot.result("pid");
            Slot status = Slot.result("status");
            Instruction.Call clone = new Instruction.Call(SystemCall.CLONE3,
                    List.of(new Operand.Block(cloneArguments(), "{flags=CLONE_VM|CLONE_VFORK}"),
                            Operand.number(64)),
                    new OnError.Fail("failed"), Optional.of(pid), Optional.of("child"));
            Stub.Outcome outcome = run(arena,
                    clone,
                    new Instruction.Call(SystemCall.WAIT4,
                            List.of(Operand.value(pid), Operand.address(status), Operand.number(0),
                                    Operand.nothing()),
                            new OnError.Fail("failed"), Optional.empty(), Optional.empty()),
                    new Instruction.Label("failed"),
                    new Instruction.Return(),
                    new Instruction.Label("child"),
                    new Instruction.Store64(Operand.address(mark), Operand.number(99)),
                    call(SystemCall.EXIT_GROUP, new OnError.Ignore(), Operand.number(3)));
            assertEquals(-1, outcome.failedInstruction(), () -> Errno.describe(-outcome.result()));
            assertEquals(99, outcome.slot(mark));
            assertEquals(3 << 8, outcome.slot(status));
            assertNotEquals(0, outcome.slot(pid));
            assertTrue(outcome.slot(RESULT) == 0);
        }
    }

    private static byte[] cloneArguments() {
        byte[] arguments = new byte[64];
        java.nio.ByteBuffer.wrap(arguments).order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(0x100 | 0x4000 | 0x100000000L).putLong(32, 17);
        return arguments;
    }
}
