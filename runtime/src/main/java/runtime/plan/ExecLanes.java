package runtime.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import linux.abi.CloneFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.NamespaceType;

/** Both lanes of a further process: a keeper of its own, and a child that enters the container. */
final class ExecLanes {
    private static final String FAILED = "keeper failed";
    private static final Slot TARGET = Slot.result("target");
    private static final Slot ROOT = Slot.result("target_root");

    private final ExecInput input;
    private final StreamShape shape;
    private final Slot alive;

    ExecLanes(ExecInput input) {
        this.input = input;
        this.shape = new StreamShape(input.process().terminal(), input.openInput(), input.logFile());
        this.alive = handedOver() ? StatusPage.ALIVE : Slots.ALIVE;
    }

    private boolean handedOver() {
        return input.handover().isPresent();
    }

    List<Step> steps() {
        List<Step> all = new ArrayList<>(keeper());
        all.addAll(child());
        return all;
    }

    private List<Step> keeper() {
        Steps steps = new Steps(Lane.KEEPER, FAILED);
        KeeperStart.add(steps, input.statusFile(), handedOver());
        if (!handedOver()) {
            KeeperStart.hideDescriptors(steps);
        }
        input.handover().ifPresentOrElse(handover -> StreamSteps.own(steps, handover,
                        input.process().user().uid(), input.process().user().gid()),
                () -> StreamSteps.open(steps, shape, 0, 0));
        SecurityLabels.openProc(steps, input.process());
        steps.purpose("namespaces");
        steps.call(SystemCall.PIDFD_OPEN, Operand.number(input.targetPid()), Operand.number(0))
                .into(TARGET).because("the container's first process, by a handle that cannot be reused");
        if (input.changesRoot()) {
            steps.call(SystemCall.OPENAT, Steps.HERE,
                    Operand.text("/proc/" + input.targetPid() + "/root"),
                    Operand.flags(OpenFlag.O_RDONLY, OpenFlag.O_CLOEXEC)).into(ROOT)
                    .because("a container that shares its mounts is confined by chroot alone");
        }
        if (input.namespaces().contains(NamespaceType.TIME)) {
            steps.call(SystemCall.SETNS, Operand.value(TARGET), Operand.flags(CloneFlag.CLONE_NEWTIME))
                    .because("only a process that shares no memory may change its clocks");
        }
        if (input.namespaces().contains(NamespaceType.PID)) {
            steps.call(SystemCall.SETNS, Operand.value(TARGET), Operand.flags(CloneFlag.CLONE_NEWPID))
                    .because("the keeper's next child is born in there");
        }
        steps.purpose("cgroup");
        for (int i = 0; i < input.joinFiles().size(); i++) {
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(input.joinFiles().get(i)),
                    Operand.flags(OpenFlag.O_WRONLY, OpenFlag.O_CLOEXEC)).into(Slots.cgroup(i))
                    .because("the same limits as the container");
        }
        steps.purpose("namespaces");
        steps.store(alive, 0, Operand.number(1), "cleared by the kernel when memory is no longer shared");
        Set<CloneFlag> flags = EnumSet.of(CloneFlag.CLONE_VM, CloneFlag.CLONE_FILES,
                CloneFlag.CLONE_PIDFD, CloneFlag.CLONE_PARENT_SETTID, CloneFlag.CLONE_CHILD_CLEARTID);
        steps.call(SystemCall.CLONE3, Structures.cloneArguments(List.copyOf(flags), Slots.PIDFD,
                StatusPage.CONTAINER_PID, alive, 0), Operand.number(88))
                .onZero(ContainerLane.START).because("the process that enters the container");
        if (handedOver()) {
            KeeperStart.handOver(steps, true);
        } else {
            KeeperStart.waitForProgram(steps);
            new KeeperLoop(steps, shape).add();
        }
        KeeperStart.failure(steps, FAILED);
        return steps.list();
    }

    private List<Step> child() {
        Steps steps = new Steps(Lane.CONTAINER, ContainerLane.FAILED);
        steps.label(ContainerLane.START);
        ChildSteps.dieWithKeeper(steps);
        ChildSteps.joinCgroups(steps, input.joinFiles().size());
        Priorities.add(steps, input.process(), Priorities.MYSELF);
        Priorities.personality(steps, input.personality());
        enter(steps);
        ChildSteps.newSession(steps);
        if (!handedOver() || shape.terminal()) {
            ChildSteps.streams(steps, input.process(), shape, false);
        }
        new ProgramSteps(steps, input.process(), input.seccomp(), ContainerLane.FAILED,
                input.handover()).add();
        return steps.list();
    }

    private void enter(Steps steps) {
        steps.purpose("namespaces");
        List<CloneFlag> flags = new ArrayList<>();
        for (NamespaceType type : input.namespaces()) {
            switch (type) {
                case USER -> flags.add(CloneFlag.CLONE_NEWUSER);
                case MOUNT -> flags.add(CloneFlag.CLONE_NEWNS);
                case NETWORK -> flags.add(CloneFlag.CLONE_NEWNET);
                case IPC -> flags.add(CloneFlag.CLONE_NEWIPC);
                case UTS -> flags.add(CloneFlag.CLONE_NEWUTS);
                case CGROUP -> flags.add(CloneFlag.CLONE_NEWCGROUP);
                case PID, TIME -> { }
            }
        }
        if (!flags.isEmpty()) {
            steps.call(SystemCall.SETNS, Operand.value(TARGET), Operand.flags(flags))
                    .because("all of the container's namespaces at once, or none");
        }
        if (input.changesRoot()) {
            steps.call(SystemCall.FCHDIR, Operand.value(ROOT)).because("the container's root");
            steps.call(SystemCall.CHROOT, Operand.text(".")).because("the container's root");
        }
        if (input.namespaces().contains(NamespaceType.USER)) {
            Operand zero = Operand.number(0);
            steps.call(SystemCall.SETRESGID, zero, zero, zero).because("root's group inside");
            steps.call(SystemCall.SETRESUID, zero, zero, zero).because("root inside, nobody outside");
            ChildSteps.dieWithKeeper(steps);
        }
    }
}
