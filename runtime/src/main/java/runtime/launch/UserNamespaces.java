package runtime.launch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.abi.CloneFlag;
import linux.abi.OpenFlag;
import linux.abi.Signal;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;
import linux.stub.Stub;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.plan.LaunchPlan.IdRange;

/**
 * User namespaces that exist for their mapping alone: {@code mount_setattr(MOUNT_ATTR_IDMAP)} takes
 * one. One for each range of ids, made when first needed and kept open.
 */
public final class UserNamespaces implements AutoCloseable {
    private static final Slot FAILURE = Slot.result("failure");
    private static final Slot PID = Slot.result("pid");
    private static final Slot PIDFD = Slot.result("pidfd");
    private static final Operand ZERO = Operand.number(0);
    private static final int SIGCHLD = 17;
    /** Far longer than a mapping takes. */
    private static final int MAX_SECONDS = 30;

    private final Map<IdRange, Integer> descriptors = new HashMap<>();

    /** The descriptor for a range; stays this object's own. */
    public synchronized int descriptor(IdRange range) throws IOException {
        Integer known = descriptors.get(range);
        if (known == null) {
            known = make(range);
            descriptors.put(range, known);
        }
        return known;
    }

    /** Where other processes find it as long as this one lives ({@code proc_pid_fd(5)}). */
    String path(IdRange range) throws IOException {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor(range);
    }

    /** A sleeping child in a new user namespace lends it long enough to be mapped and opened. */
    private static int make(IdRange range) throws IOException {
        String map = "0 " + range.hostId() + " " + range.size() + "\n";
        return make(map, map);
    }

    /**
     * One with these mappings, in the form of {@code /proc/PID/uid_map}; the descriptor is the caller's.
     */
    static int make(String uidMap, String gidMap) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Stub.Outcome outcome = Stub.run(sleeper(), FAILURE, arena);
            if (outcome.failedInstruction() >= 0) {
                throw new SystemCallException("clone3", "CLONE_NEWUSER", -outcome.result());
            }
            int pidfd = (int) outcome.slot(PIDFD);
            try {
                Path folder = Path.of("/proc", Long.toString(outcome.slot(PID)));
                Files.writeString(folder.resolve("uid_map"), uidMap);
                Files.writeString(folder.resolve("gid_map"), gidMap);
                return Descriptors.open(folder.resolve("ns/user"), OpenFlag.O_RDONLY);
            } finally {
                // The child runs in the arena's memory: it must be gone before that is freed.
                Processes.signal(pidfd, Signal.SIGKILL.number());
                Processes.reap(pidfd);
                Descriptors.close(pidfd);
            }
        }
    }

    /**
     * If the daemon is killed meanwhile, the child must neither stay for ever nor keep the daemon's
     * connections open: clients would wait for an answer that nobody gives.
     */
    private static List<Instruction> sleeper() {
        Operand arguments = new Operand.Words(List.of(
                Operand.flags(CloneFlag.CLONE_VM, CloneFlag.CLONE_PIDFD, CloneFlag.CLONE_NEWUSER,
                        CloneFlag.CLONE_CLEAR_SIGHAND),
                Operand.address(PIDFD), ZERO, ZERO, Operand.number(SIGCHLD),
                ZERO, ZERO, ZERO, ZERO, ZERO, ZERO), false);
        return List.of(
                new Instruction.Call(SystemCall.CLONE3, List.of(arguments, Operand.number(88)),
                        new OnError.Fail("failed"), Optional.of(PID), Optional.of("child")),
                new Instruction.Label("failed"),
                new Instruction.Return(),
                new Instruction.Label("child"),
                call(SystemCall.CLOSE_RANGE, ZERO, Operand.number(0xFFFFFFFFL), ZERO),
                call(SystemCall.PPOLL, ZERO, ZERO, new Operand.Words(
                        List.of(Operand.number(MAX_SECONDS), ZERO), false), ZERO, ZERO),
                call(SystemCall.EXIT_GROUP, ZERO));
    }

    private static Instruction call(SystemCall call, Operand... arguments) {
        return new Instruction.Call(
                call, List.of(arguments), new OnError.Ignore(), Optional.empty(), Optional.empty());
    }

    @Override
    public synchronized void close() {
        descriptors.values().forEach(Descriptors::close);
        descriptors.clear();
    }
}
