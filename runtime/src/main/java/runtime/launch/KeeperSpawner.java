package runtime.launch;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import linux.stub.KeeperFile;
import linux.stub.Stub;
import linux.syscall.Descriptors;
import linux.syscall.Kernel;
import linux.syscall.Memory;
import linux.syscall.SystemCallException;

/**
 * Makes keepers: the stub, run in this process, makes a vfork-like child that executes the keeper's file
 * and nothing of Java. What it keeps it is told later ({@link KeeperPrologue}).
 */
final class KeeperSpawner implements AutoCloseable {
    /** Numbers from here on mean nothing to a keeper. */
    static final int ABOVE_FIXED_DESCRIPTORS = 200;
    /** Above are the numbers that keepers and plans give a meaning to. */
    static final int MAX_KEPT_DESCRIPTORS = KeeperPrologue.PROGRAM_DESCRIPTOR;
    private static final int NONE = -1;
    private static final int SIGCHLD = 17;
    private static final int SIG_SETMASK = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int SIGACTION_BYTES = 32;
    private static final Slot FAILURE = Slot.result("failure");
    private static final Slot PID = Slot.result("pid");
    private static final Slot PIDFD = Slot.result("pidfd");
    private static final Operand ZERO = Operand.number(0);

    private final List<Integer> ignoredSignals;
    private final Streams streams;
    private final int keptDescriptors;
    /** One file for all: what is not written to is one page for all. */
    private final int file;

    /**
     * @param ignoredMask the signals this process ignores, bit 0 for signal 1: they would be ignored by
     *                    every program of every container too, since neither {@code execve(2)} nor
     *                    CLONE_CLEAR_SIGHAND changes that
     */
    KeeperSpawner(long ignoredMask) throws SystemCallException {
        this(ignoredMask, Streams.OWN, 0);
    }

    /**
     * @param streams         what a keeper and its process have as 0, 1 and 2, if they keep those
     * @param keptDescriptors how many, from 0 on, a keeper and its process shall have from this process;
     *                        at most {@link #MAX_KEPT_DESCRIPTORS}
     */
    KeeperSpawner(long ignoredMask, Streams streams, int keptDescriptors)
            throws SystemCallException {
        this.streams = streams;
        this.keptDescriptors = keptDescriptors;
        List<Integer> signals = new ArrayList<>();
        for (int signal = 1; signal <= Long.SIZE; signal++) {
            if ((ignoredMask >>> (signal - 1) & 1) != 0) {
                signals.add(signal);
            }
        }
        ignoredSignals = List.copyOf(signals);
        file = above(Memory.sealedExecutableFile("jctl-keeper", KeeperFile.of(Kernel.ARCHITECTURE,
                KeeperPrologue.waiting(), KeeperPrologue.MEMORY_BYTES)));
    }

    private static int above(int descriptor) throws SystemCallException {
        try {
            return Descriptors.duplicateFrom(descriptor, ABOVE_FIXED_DESCRIPTORS);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /** Spawns a keeper that waits to be told what to do. */
    SpareKeeper spawn() throws SystemCallException {
        int[] ours = {NONE, NONE, NONE};
        int reading = NONE;
        boolean done = false;
        try (Arena arena = Arena.ofConfined()) {
            ours[0] = above(Memory.file("jctl-program"));
            Descriptors.Pipe life = Descriptors.pipe();
            ours[1] = life.writing();
            reading = above(life.reading());
            ours[2] = above(Descriptors.event());
            Stub.Outcome outcome =
                    Stub.run(instructions(ours[0], reading, ours[2]), FAILURE, arena);
            if (outcome.failedInstruction() >= 0) {
                throw new SystemCallException("clone3", "a keeper", -outcome.result());
            }
            done = true;
            return new SpareKeeper((int) outcome.slot(PID), (int) outcome.slot(PIDFD), ours[0],
                    ours[1], ours[2]);
        } finally {
            close(reading);
            if (!done) {
                for (int descriptor : ours) {
                    close(descriptor);
                }
            }
        }
    }

    private static void close(int descriptor) {
        if (descriptor >= 0) {
            Descriptors.close(descriptor);
        }
    }

    @Override
    public void close() {
        Descriptors.close(file);
    }

    private List<Instruction> instructions(int program, int life, int word) {
        List<Instruction> list = new ArrayList<>();
        Operand arguments = new Operand.Words(List.of(
                Operand.flags(CloneFlag.CLONE_VM, CloneFlag.CLONE_VFORK, CloneFlag.CLONE_PIDFD,
                        CloneFlag.CLONE_CLEAR_SIGHAND),
                Operand.address(PIDFD), ZERO, ZERO, Operand.number(SIGCHLD),
                ZERO, ZERO, ZERO, ZERO, ZERO, ZERO), false);
        list.add(new Instruction.Call(SystemCall.CLONE3, List.of(arguments, Operand.number(88)),
                new OnError.Fail("failed"), Optional.of(PID), Optional.of("child")));
        list.add(new Instruction.Label("failed"));
        list.add(new Instruction.Return());
        list.add(new Instruction.Label("child"));
        list.add(call(SystemCall.RT_SIGPROCMASK, Operand.number(SIG_SETMASK),
                new Operand.Block(new byte[Long.BYTES], "[]"), ZERO, Operand.number(Long.BYTES)));
        for (int signal : ignoredSignals) {
            list.add(call(SystemCall.RT_SIGACTION, Operand.number(signal),
                    new Operand.Block(new byte[SIGACTION_BYTES], "{sa_handler=SIG_DFL}"), ZERO,
                    Operand.number(Long.BYTES)));
        }
        list.add(call(SystemCall.SETSID));
        list.add(call(SystemCall.CHDIR, Operand.text("/")));
        for (int stream = 0; stream <= 2; stream++) {
            int descriptor = streams.descriptors().get(stream);
            if (descriptor != stream) {
                list.add(call(SystemCall.DUP3, Operand.number(descriptor), Operand.number(stream), ZERO));
            }
        }
        list.add(call(SystemCall.CLOSE_RANGE, Operand.number(keptDescriptors), Operand.number(0xFFFFFFFFL),
                Operand.number(CLOSE_RANGE_CLOEXEC)));
        list.add(call(SystemCall.DUP3, Operand.number(program),
                Operand.number(KeeperPrologue.PROGRAM_DESCRIPTOR), ZERO));
        list.add(call(SystemCall.DUP3, Operand.number(life),
                Operand.number(KeeperPrologue.LIFE_DESCRIPTOR), ZERO));
        list.add(call(SystemCall.DUP3, Operand.number(word),
                Operand.number(KeeperPrologue.WORD_DESCRIPTOR), ZERO));
        list.add(call(SystemCall.EXECVEAT, Operand.number(file), Operand.text(""),
                Operand.strings(List.of("jctl-keeper")), Operand.strings(List.of()),
                Operand.number(AT_EMPTY_PATH)));
        list.add(call(SystemCall.EXIT_GROUP, Operand.number(Errno.ENOEXEC.number())));
        return list;
    }

    private static Instruction call(SystemCall call, Operand... arguments) {
        return KeeperPrologue.call(call, arguments);
    }
}
