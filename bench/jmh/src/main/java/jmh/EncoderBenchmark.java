package jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import linux.abi.Architecture;
import linux.abi.MountFlag;
import linux.abi.SystemCall;
import linux.program.EncodedProgram;
import linux.program.Encoder;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding a launch: a list of mounts as long as a container's start, into the stub's bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EncoderBenchmark {
    private static final long PROGRAM_ADDRESS = 0x7000_0000L;
    private static final long SHARED_ADDRESS = 0x6000_0000L;

    /** A container's start has about a hundred. */
    @Param({"100", "1000"})
    public int instructionCount;

    private List<Instruction> instructions;
    private Slot failure;

    /** Makes the instructions: each mounts a file system of its own, failing to a label at the end. */
    @Setup
    public void makeInstructions() {
        failure = Slot.result("failure");
        instructions = new ArrayList<>();
        for (int i = 0; i < instructionCount; i++) {
            instructions.add(new Instruction.Call(SystemCall.MOUNT, List.of(
                    Operand.number(0), new Operand.Text("/run/container/mount-" + i),
                    new Operand.Text("tmpfs"),
                    Operand.flags(MountFlag.MS_NOSUID, MountFlag.MS_NODEV),
                    new Operand.Text("mode=755,size=65536k")),
                    new OnError.Fail("failed"), Optional.empty(), Optional.empty()));
        }
        instructions.add(new Instruction.Label("failed"));
        instructions.add(new Instruction.Call(SystemCall.EXIT_GROUP, List.of(Operand.number(1)),
                new OnError.Ignore(), Optional.empty(), Optional.empty()));
    }

    /** One launch. */
    @Benchmark
    public EncodedProgram encode() {
        return new Encoder(Architecture.X86_64, PROGRAM_ADDRESS, SHARED_ADDRESS,
                new Encoder.Trace(0, 0, 512))
                .encode(instructions, failure);
    }
}
