package runtime.launch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.CloneFlag;
import linux.abi.FileFlags;
import linux.abi.Flag;
import linux.abi.Signal;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import linux.stub.Stub;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.Memory;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.spec.Hooks;

/**
 * Runs hooks (OCI runtime-spec config.md, POSIX-platform hooks): with exactly the arguments and the
 * environment named, the state on standard input, the beginning of what they print kept for the error message.
 */
public final class HookLauncher {
    private static final long FOR_EVER_MILLIS = Integer.MAX_VALUE;
    private static final int NO_NAMESPACE = 126;
    private static final int NO_PROGRAM = 127;
    private static final int SIGCHLD = 17;
    private static final int SIG_SETMASK = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int SIGACTION_BYTES = 32;
    private static final Slot FAILURE = Slot.result("failure");
    private static final Slot PID = Slot.result("pid");
    private static final Slot PIDFD = Slot.result("pidfd");
    private static final Slot HOOK = Slot.result("hook");
    private static final Operand ZERO = Operand.number(0);

    private final long ignoredMask;

    /** A launcher that gives hooks the signals this process ignores back. */
    public HookLauncher() throws IOException {
        ignoredMask = KeeperLauncher.ignoredSignals();
    }

    /**
     * Where a hook runs.
     *
     * @param folder     its working directory
     * @param pidfd      the process whose namespaces it enters; empty for those of this process
     * @param namespaces which
     */
    public record Place(Path folder, OptionalInt pidfd, List<CloneFlag> namespaces) {
        public Place {
            namespaces = List.copyOf(namespaces);
        }
    }

    /**
     * Runs a hook to its end.
     *
     * @param state what it reads from standard input
     * @throws IOException if it cannot be run, ends with another code than 0 or takes too long; says what it
     *                     printed
     */
    public void run(Hooks.Hook hook, byte[] state, Place place) throws IOException {
        int input = Memory.file("state");
        try (HookOutput output = new HookOutput()) {
            Descriptors.writeAll(input, ByteBuffer.wrap(state));
            Files.lseek(input, 0, FileFlags.SEEK_SET);
            int pidfd = begin(hook, place, input, output.writing());
            output.begun();
            try {
                awaitEnd(hook, pidfd, output);
            } finally {
                Descriptors.close(pidfd);
            }
        } finally {
            Descriptors.close(input);
        }
    }

    private static void awaitEnd(Hooks.Hook hook, int pidfd, HookOutput output) throws IOException {
        long limit = hook.timeoutSeconds().isPresent()
                ? hook.timeoutSeconds().getAsInt() * 1000L : FOR_EVER_MILLIS;
        OptionalInt code = output.awaitExit(pidfd, limit);
        if (code.isEmpty()) {
            Processes.signal(pidfd, Signal.SIGKILL.number());
            Processes.reap(pidfd);
            throw new IOException("hook " + hook.path() + " took longer than "
                    + hook.timeoutSeconds().orElse(0) + " s and was killed" + output.told());
        }
        if (code.getAsInt() != 0) {
            String why = switch (code.getAsInt()) {
                case NO_NAMESPACE -> " (or a namespace of the container could not be entered)";
                case NO_PROGRAM -> " (or it could not be executed)";
                default -> "";
            };
            throw new IOException("hook " + hook.path() + " ended with exit status "
                    + code.getAsInt() + why + output.told());
        }
    }

    private int begin(Hooks.Hook hook, Place place, int input, int output) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Stub.Outcome outcome =
                    Stub.run(instructions(hook, place, input, output), FAILURE, arena);
            if (outcome.failedInstruction() >= 0) {
                throw new SystemCallException("clone3", "hook " + hook.path(), -outcome.result());
            }
            int first = (int) outcome.slot(PIDFD);
            if (!place.namespaces().contains(CloneFlag.CLONE_NEWPID)) {
                return first;
            }
            // The first has entered the namespaces and made the hook, which is our child, too.
            int code = Processes.awaitExit(first, FOR_EVER_MILLIS).orElse(NO_NAMESPACE);
            Descriptors.close(first);
            if (code != 0) {
                throw new IOException("hook " + hook.path()
                        + ": the container's namespaces could not be entered");
            }
            return Processes.open((int) outcome.slot(HOOK));
        }
    }

    private List<Instruction> instructions(Hooks.Hook hook, Place place, int input, int output) {
        List<Instruction> list = new ArrayList<>();
        list.add(clone(Optional.of(PID), "child", SIGCHLD, PIDFD, ZERO, CloneFlag.CLONE_VM,
                CloneFlag.CLONE_VFORK, CloneFlag.CLONE_PIDFD, CloneFlag.CLONE_CLEAR_SIGHAND));
        list.add(new Instruction.Label("failed"));
        list.add(new Instruction.Return());
        list.add(new Instruction.Label("child"));
        if (place.pidfd().isPresent()) {
            list.add(new Instruction.Call(SystemCall.SETNS,
                    List.of(Operand.number(place.pidfd().getAsInt()),
                            Operand.flags(place.namespaces())),
                    new OnError.Goto("no namespace"), Optional.empty(), Optional.empty()));
            if (place.namespaces().contains(CloneFlag.CLONE_NEWPID)) {
                list.add(clone(Optional.empty(), "hook", 0, Slot.result("unused"), Operand.address(HOOK),
                        CloneFlag.CLONE_VM, CloneFlag.CLONE_VFORK, CloneFlag.CLONE_PARENT,
                        CloneFlag.CLONE_PARENT_SETTID));
                list.add(call(SystemCall.EXIT_GROUP, ZERO));
                list.add(new Instruction.Label("hook"));
            }
        }
        if (place.namespaces().contains(CloneFlag.CLONE_NEWUSER)) {
            // Who comes from outside is nobody there; best effort, as a namespace may not map 0.
            list.add(call(SystemCall.SETRESGID, ZERO, ZERO, ZERO));
            list.add(call(SystemCall.SETRESUID, ZERO, ZERO, ZERO));
        }
        hook(list, hook, place, input, output);
        list.add(new Instruction.Label("no namespace"));
        list.add(call(SystemCall.EXIT_GROUP, Operand.number(NO_NAMESPACE)));
        return list;
    }

    private void hook(List<Instruction> list, Hooks.Hook hook, Place place, int input, int output) {
        list.add(call(SystemCall.RT_SIGPROCMASK, Operand.number(SIG_SETMASK),
                new Operand.Block(new byte[Long.BYTES], "[]"), ZERO, Operand.number(Long.BYTES)));
        for (int signal = 1; signal <= Long.SIZE; signal++) {
            if ((ignoredMask >>> (signal - 1) & 1) != 0) {
                list.add(call(SystemCall.RT_SIGACTION, Operand.number(signal),
                        new Operand.Block(new byte[SIGACTION_BYTES], "{sa_handler=SIG_DFL}"), ZERO,
                        Operand.number(Long.BYTES)));
            }
        }
        list.add(call(SystemCall.CHDIR, Operand.text(place.folder().toString())));
        list.add(call(SystemCall.DUP3, Operand.number(input), ZERO, ZERO));
        list.add(call(SystemCall.DUP3, Operand.number(output), Operand.number(1), ZERO));
        list.add(call(SystemCall.DUP3, Operand.number(output), Operand.number(2), ZERO));
        list.add(call(SystemCall.CLOSE_RANGE, Operand.number(3), Operand.number(0xFFFFFFFFL),
                Operand.number(CLOSE_RANGE_CLOEXEC)));
        list.add(call(SystemCall.EXECVE, Operand.text(hook.path()),
                Operand.strings(hook.args().isEmpty() ? List.of(hook.path()) : hook.args()),
                Operand.strings(hook.env())));
        list.add(call(SystemCall.EXIT_GROUP, Operand.number(NO_PROGRAM)));
    }

    private static Instruction clone(Optional<Slot> result, String child, int exitSignal, Slot pidfd,
            Operand parentTid, Flag... flags) {
        Operand arguments = new Operand.Words(List.of(Operand.flags(flags), Operand.address(pidfd),
                ZERO, parentTid, Operand.number(exitSignal), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO),
                false);
        OnError onError = child.equals("child")
                ? new OnError.Fail("failed") : new OnError.Goto("no namespace");
        return new Instruction.Call(SystemCall.CLONE3, List.of(arguments, Operand.number(88)), onError,
                result, Optional.of(child));
    }

    private static Instruction call(SystemCall call, Operand... arguments) {
        return KeeperPrologue.call(call, arguments);
    }
}
