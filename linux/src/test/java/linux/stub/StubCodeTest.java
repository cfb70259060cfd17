package linux.stub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import linux.abi.Architecture;
import linux.abi.SystemCall;
import linux.program.EncodedProgram;
import linux.program.Encoder;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.Requires;

/** The bytes are what the assembler makes of the commented source, and they run on both architectures. */
class StubCodeTest {
    @TempDir Path folder;

    @Test
    void x8664BytesAreTheAssemblersBytes() throws Exception {
        Requires.architecture("amd64");
        compare(Architecture.X86_64, "as", "objcopy");
    }

    @Test
    void aarch64BytesAreTheAssemblersBytes() throws Exception {
        compare(Architecture.AARCH64, "aarch64-linux-gnu-as", "aarch64-linux-gnu-objcopy");
    }

    private void compare(Architecture architecture, String assembler, String copier) throws Exception {
        Requires.program(assembler);
        Requires.program(copier);
        Path source = folder.resolve("stub.s");
        try (InputStream in = StubCode.class.getResourceAsStream(
                "/linux/stub/stub-" + architecture.linuxName() + ".s")) {
            Files.write(source, in.readAllBytes());
        }
        run(assembler, source.toString(), "-o", folder.resolve("stub.o").toString());
        Path binary = folder.resolve("stub.bin");
        run(copier, "-O", "binary", "-j", ".text", folder.resolve("stub.o").toString(), binary.toString());
        assertArrayEquals(Files.readAllBytes(binary), StubCode.bytes(architecture));
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void aKeeperFileRunsOnX8664() throws Exception {
        Requires.architecture("amd64");
        runProgram(Architecture.X86_64, List.of());
    }

    @Test
    void aKeeperFileRunsOnAarch64() throws Exception {
        Requires.program("qemu-aarch64");
        runProgram(Architecture.AARCH64, List.of("qemu-aarch64"));
    }

    /** Uses every operation: call, both jumps, both stores, check, decimal, load, failure, result 0. */
    private void runProgram(Architecture architecture, List<String> emulator) throws Exception {
        Slot failure = Slot.result("failure");
        Slot number = Slot.result("number");
        Slot digits = Slot.result("digits");
        Slot text = Slot.buffer("text", 12);
        Slot word = Slot.result("word");
        List<Instruction> program = List.of(
                new Instruction.Store64(Operand.address(number), Operand.number(1234567890)),
                new Instruction.Decimal(Operand.value(number), text, digits),
                write(Operand.value(digits), 10),
                new Instruction.Store32(Operand.address(word), Operand.number(6)),
                new Instruction.JumpIfClear(Operand.address(word), 2, "wrong"),
                new Instruction.JumpIfClear(Operand.address(word), 1, "right"),
                new Instruction.Label("wrong"),
                exit(1),
                new Instruction.Label("right"),
                new Instruction.Call(SystemCall.CLOSE, List.of(Operand.number(-1)),
                        new OnError.Tolerate(9, "EBADF", "wrong"), Optional.empty(), Optional.empty()),
                new Instruction.Call(SystemCall.WRITE, List.of(Operand.number(1), Operand.text(""),
                        Operand.number(0)), new OnError.Fail("wrong"), Optional.empty(),
                        Optional.of("zero")),
                exit(2),
                new Instruction.Label("zero"),
                new Instruction.Store32(Operand.address(word), Operand.number(-2)),
                new Instruction.Check32(Operand.address(word), new OnError.Fail("failed")),
                exit(3),
                new Instruction.Label("failed"),
                new Instruction.JumpIfClear(Operand.address(failure), -1, "wrong"),
                exit(42));
        EncodedProgram encoded = new Encoder(architecture, StubCode.PROGRAM_ADDRESS, 0, Encoder.Trace.NONE)
                .encode(program, failure);
        Path file = folder.resolve("keeper");
        Files.write(file, KeeperFile.of(architecture, encoded));
        assertEquals(true, file.toFile().setExecutable(true));
        List<String> command = new java.util.ArrayList<>(emulator);
        command.add(file.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertEquals("1234567890", new String(process.getInputStream().readAllBytes()));
        assertEquals(42, process.waitFor());
    }

    private static Instruction write(Operand text, int bytes) {
        return new Instruction.Call(SystemCall.WRITE,
                List.of(Operand.number(1), text, Operand.number(bytes)), new OnError.Fail("wrong"),
                Optional.empty(), Optional.empty());
    }

    private static Instruction exit(int code) {
        return new Instruction.Call(SystemCall.EXIT_GROUP, List.of(Operand.number(code)),
                new OnError.Ignore(), Optional.empty(), Optional.empty());
    }
}
