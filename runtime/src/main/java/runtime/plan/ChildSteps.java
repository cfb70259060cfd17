package runtime.plan;

import linux.abi.MountFlag;
import linux.abi.OpenFlag;
import linux.abi.ProcessControl;
import linux.abi.SystemCall;
import linux.abi.TerminalRequest;
import linux.program.Operand;
import runtime.spec.Process;

/** Steps that a container's first process and a further one in it have in common. */
final class ChildSteps {
    private static final int SIGKILL = 9;

    private ChildSteps() {}

    static void dieWithKeeper(Steps steps) {
        steps.purpose("keeper");
        dieWithParent(steps, "without its keeper nobody would read its output or take its exit code");
    }

    static void dieWithParent(Steps steps, String reason) {
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_PDEATHSIG),
                Operand.number(SIGKILL, "SIGKILL")).because(reason);
    }

    static void outliveKeeper(Steps steps) {
        steps.purpose("keeper");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_PDEATHSIG), Operand.number(0))
                .because("it is about to be handed over: its keeper ends, it goes on");
    }

    /** Waits until the caller has run hooks. */
    static void waitForHooks(Steps steps) {
        steps.purpose("hooks");
        steps.store(StatusPage.HOOKS, 0, Operand.number(1), "the root is filled and not yet changed");
        steps.wake(StatusPage.HOOKS, "the caller runs the hooks now");
        steps.sleepWhile(StatusPage.HOOKS_DONE, 0, "wait for hooks", "until they have run");
        steps.add(new linux.program.Instruction.JumpIfClear(
                Operand.address(StatusPage.HOOKS_DONE), -1, "wait for hooks"), "not yet");
    }

    static void joinCgroups(Steps steps, int count) {
        steps.purpose("cgroup");
        for (int i = 0; i < count; i++) {
            steps.call(SystemCall.WRITE, Operand.value(Slots.cgroup(i)), Operand.text("0"),
                    Operand.number(1)).manual("cgroups(7)")
                    .because("0 means the writer: limits hold from here on");
            steps.call(SystemCall.CLOSE, Operand.value(Slots.cgroup(i))).ignoring().because("joined");
        }
    }

    static void newSession(Steps steps) {
        steps.purpose("session");
        steps.call(SystemCall.SETSID)
                .because("signals of the keeper's terminal or group do not reach it");
    }

    /** Standard input, output and error become the terminal or the keeper's pipes. */
    static void streams(Steps steps, Process process, StreamShape shape, boolean first) {
        steps.purpose("standard streams");
        if (process.terminal()) {
            terminal(steps, process, first);
            return;
        }
        redirect(steps, shape.opensInput() ? Slots.readEnd(Slots.INPUT) : Operand.value(Slots.NOTHING), 0);
        redirect(steps, Slots.writeEnd(Slots.OUTPUT), 1);
        redirect(steps, Slots.writeEnd(Slots.ERROR), 2);
    }

    private static void redirect(Steps steps, Operand from, int to) {
        String name = switch (to) {
            case 0 -> "standard input";
            case 1 -> "standard output";
            default -> "standard error";
        };
        steps.call(SystemCall.DUP3, from, Operand.number(to), Operand.number(0)).because(name);
    }

    private static void terminal(Steps steps, Process process, boolean first) {
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/dev/ptmx"),
                Operand.flags(OpenFlag.O_RDWR, OpenFlag.O_NOCTTY, OpenFlag.O_CLOEXEC))
                .into(Slots.TERMINAL).manual("pty(7)")
                .because("a terminal of the container's own devpts; the keeper reads this side");
        steps.call(SystemCall.IOCTL, Operand.value(Slots.TERMINAL),
                Operand.flags(TerminalRequest.TIOCSPTLCK), new Operand.Block(new byte[4], "[0]"))
                .manual("ioctl_tty(2)").because("unlock the other side");
        steps.call(SystemCall.IOCTL, Operand.value(Slots.TERMINAL),
                Operand.flags(TerminalRequest.TIOCGPTPEER),
                Operand.flags(OpenFlag.O_RDWR, OpenFlag.O_NOCTTY, OpenFlag.O_CLOEXEC))
                .into(Slots.TERMINAL_SIDE).manual("ioctl_tty(2)")
                .because("the other side, without a path that somebody could have replaced");
        process.consoleSize().ifPresent(size -> steps.call(SystemCall.IOCTL,
                Operand.value(Slots.TERMINAL), Operand.flags(TerminalRequest.TIOCSWINSZ),
                Structures.windowSize(size.height(), size.width())).manual("ioctl_tty(2)")
                .because("as large as the user's"));
        steps.call(SystemCall.FCHOWN, Operand.value(Slots.TERMINAL_SIDE),
                Operand.number(process.user().uid()), Operand.number(-1)).ignoring()
                .because("the program's user may open it by name");
        for (int stream = 0; stream <= 2; stream++) {
            redirect(steps, Operand.value(Slots.TERMINAL_SIDE), stream);
        }
        steps.call(SystemCall.IOCTL, Operand.number(0), Operand.flags(TerminalRequest.TIOCSCTTY),
                Operand.number(0)).manual("ioctl_tty(2)")
                .because("the controlling terminal: Ctrl-C and job control work");
        if (first) {
            steps.call(SystemCall.MOUNT, Operand.text("/dev/pts/0"), Operand.text("/dev/console"),
                    Operand.nothing(), Operand.flags(MountFlag.MS_BIND), Operand.nothing()).ignoring()
                    .because("an init inside expects a console");
        }
    }
}
