package runtime.plan;

import java.util.List;
import java.util.Optional;
import linux.abi.ExecutionDomain;
import linux.abi.IoPriorityClass;
import linux.abi.SchedulerFlag;
import linux.abi.SchedulerPolicy;
import linux.abi.SystemCall;
import linux.program.Operand;
import runtime.spec.Process;

/**
 * How the kernel shares processor and disk with a process, and as which system it shows itself.
 *
 * <p>A real-time policy, a nice value below 0 and the real-time I/O class want CAP_SYS_NICE of the
 * host ({@code capabilities(7)}), which nobody has inside a user namespace. So a process that is
 * born in one is given its priorities by the keeper, any other gives them to itself.
 */
final class Priorities {
    /** A process that names itself. */
    static final Operand MYSELF = Operand.number(0);
    private static final int IOPRIO_WHO_PROCESS = 1;
    private static final int MAX_IO_LEVEL = 7;

    private Priorities() {}

    static void add(Steps steps, Process process, Operand pid) {
        process.scheduler().ifPresent(scheduler -> scheduler(steps, scheduler, pid));
        process.ioPriority().ifPresent(priority -> ioPriority(steps, priority, pid));
    }

    private static void scheduler(Steps steps, Process.Scheduler scheduler, Operand pid) {
        SchedulerPolicy policy =
                named(SchedulerPolicy.class, scheduler.policy(), "scheduler policy");
        List<SchedulerFlag> flags = scheduler.flags().stream()
                .map(name -> named(SchedulerFlag.class, name, "scheduler flag")).toList();
        steps.purpose("scheduler");
        steps.call(SystemCall.SCHED_SETATTR, pid, Structures.scheduler(policy, flags, scheduler),
                Operand.number(0))
                .because("when it gets a processor, beside the host's other processes");
    }

    private static void ioPriority(Steps steps, Process.IoPriority priority, Operand pid) {
        IoPriorityClass kind = named(IoPriorityClass.class, priority.ioClass(), "I/O class");
        int level = priority.priority();
        if (level < 0 || level > MAX_IO_LEVEL) {
            throw new PlanException("process.ioPriority.priority " + level
                    + ": 0 (first) to 7 (last)");
        }
        steps.purpose("I/O priority");
        steps.call(SystemCall.IOPRIO_SET,
                Operand.number(IOPRIO_WHO_PROCESS, "IOPRIO_WHO_PROCESS"), pid,
                Operand.number(kind.value() << IoPriorityClass.SHIFT_BITS | level,
                        "IOPRIO_PRIO_VALUE(" + kind + ", " + level + ")"))
                .because("when its reads and writes come to a disk, where the disk's queue heeds"
                        + " it");
    }

    /** The execution domain; needs no privilege. */
    static void personality(Steps steps, Optional<String> domain) {
        domain.ifPresent(name -> {
            steps.purpose("personality");
            steps.call(SystemCall.PERSONALITY,
                    Operand.flags(named(ExecutionDomain.class, "PER_" + name, "personality")))
                    .because("which machine uname(2) tells of: LINUX32 makes a 64-bit host look"
                            + " like a 32-bit one");
        });
    }

    private static <E extends Enum<E>> E named(Class<E> type, String name, String what) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw new PlanException("unknown " + what + " " + name + "; one of "
                + List.of(type.getEnumConstants()));
    }
}
