package runtime.plan;

import java.util.List;
import linux.abi.CloneFlag;
import linux.abi.Errno;
import linux.abi.ProcessControl;
import linux.abi.SystemCall;
import linux.abi.TerminalRequest;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.Process;

/**
 * The first process of a container with {@code --init}: it starts the program, passes signals on to it,
 * reaps whatever is left to it, and ends as the program did.
 *
 * <p>It is the stub with these steps, executed from a file in memory: the image needs no init, and the
 * memory it shared with the keeper is gone. It runs as the container's user, under its filter.
 */
public final class InitProgram {
    /** Where a failure would be recorded; nobody reads it. */
    public static final Slot FAILURE = Slot.result("failure");
    private static final int SIGKILL = 9;
    private static final int SIGCHLD = 17;
    private static final int SIGSTOP = 19;
    private static final int SIG_SETMASK = 2;
    private static final int SFD_FLAGS = 02000000 | 04000;
    private static final int POLLIN = 1;
    private static final int P_ALL = 0;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int WALL = 0x40000000;
    /** In {@code struct signalfd_siginfo}, {@code siginfo_t}. */
    private static final int SIGNAL_INFO_BYTES = 128;
    private static final int CODE_OFFSET = 8;
    private static final int PID_OFFSET = 16;
    private static final int STATUS_OFFSET = 24;
    /** CLD_KILLED and CLD_DUMPED have this bit, CLD_EXITED has not. */
    private static final int BY_SIGNAL = 2;
    private static final int EXIT_BY_SIGNAL = 128;
    private static final String LOOP = "wait";
    private static final String REAP = "reap";
    private static final String FAILED = "failed";
    private static final Operand ZERO = Operand.number(0);

    private static final Slot CHILD_SIGNALS = Slot.result("child_signals");
    private static final Slot SIGNALS = Slot.result("signals");
    private static final Slot PROGRAM = Slot.result("program");
    private static final Slot POLL = Slot.buffer("poll", 16);
    private static final Slot SIGNAL = Slot.buffer("signal", SIGNAL_INFO_BYTES);
    private static final Slot DEAD = Slot.buffer("dead", SIGNAL_INFO_BYTES);
    private static final Slot ENDED = Slot.buffer("ended", SIGNAL_INFO_BYTES);
    private static final Slot SUM = Slot.result("sum");
    private static final Slot CODE = Slot.result("code");

    private final Steps steps = new Steps(Lane.INIT, FAILED);
    private final Process process;

    private InitProgram(Process process) {
        this.process = process;
    }

    /** The steps that run a process's program. */
    public static List<Step> of(Process process) {
        InitProgram init = new InitProgram(process);
        init.begin();
        init.loop();
        init.reap();
        init.end();
        init.program();
        return List.copyOf(init.steps.list());
    }

    /** The instructions of steps. */
    public static List<Instruction> instructions(List<Step> steps) {
        return steps.stream().map(Step::instruction).toList();
    }

    private void begin() {
        steps.purpose("init");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_NAME),
                Operand.text("jctl-init")).ignoring().because("what ps shows");
        steps.purpose("signals");
        long all = ~(bit(SIGKILL) | bit(SIGSTOP));
        mask(all, "~[KILL STOP]", "they come through descriptors from here on");
        signalFile(bit(SIGCHLD), "[CHLD]", CHILD_SIGNALS, "a process of the container has ended");
        signalFile(all & ~bit(SIGCHLD), "~[KILL STOP CHLD]", SIGNALS, "to be passed on");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_CHILD_SUBREAPER),
                Operand.number(1)).ignoring()
                .because("orphans come to it also where the process namespace is another's");
        steps.purpose("program");
        steps.call(SystemCall.CLONE, Operand.number(CloneFlag.CLONE_PIDFD.value() | SIGCHLD,
                "CLONE_PIDFD|SIGCHLD"), ZERO, Operand.address(PROGRAM)).onZero("program")
                .because("the program gets a process of its own, with memory of its own;"
                        + " clone3(2) is what the filter of most containers forbids");
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    private void mask(long signals, String symbol, String reason) {
        steps.call(SystemCall.RT_SIGPROCMASK, Operand.number(SIG_SETMASK, "SIG_SETMASK"),
                Structures.signals(signals, symbol), ZERO, Operand.number(Long.BYTES))
                .manual("sigprocmask(2)").because(reason);
    }

    private void signalFile(long signals, String symbol, Slot into, String reason) {
        steps.call(SystemCall.SIGNALFD4, Operand.number(-1), Structures.signals(signals, symbol),
                Operand.number(Long.BYTES), Operand.number(SFD_FLAGS, "SFD_CLOEXEC|SFD_NONBLOCK"))
                .into(into).manual("signalfd(2)").because(reason);
    }

    private void loop() {
        steps.purpose(LOOP);
        steps.label(LOOP);
        steps.store(POLL, 0, Operand.value(CHILD_SIGNALS), "wait for the end of a process …");
        steps.store(POLL, 4, Operand.number(POLLIN), "… in the form of a readable signal …");
        steps.store(POLL, 8, Operand.value(SIGNALS), "… or for any other signal");
        steps.store(POLL, 12, Operand.number(POLLIN), "likewise");
        steps.call(SystemCall.PPOLL, Operand.address(POLL), Operand.number(2), Operand.nothing(),
                Operand.nothing(), Operand.number(Long.BYTES)).orElse(LOOP).because("sleeps");
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(POLL, 12), POLLIN << 16,
                "no signal"), "none but the end of a process");
        steps.call(SystemCall.READ, Operand.value(SIGNALS), Operand.address(SIGNAL),
                Operand.number(SIGNAL_INFO_BYTES)).orElse("no signal").because("which");
        steps.call(SystemCall.PIDFD_SEND_SIGNAL, Operand.value(PROGRAM), Operand.value(SIGNAL),
                Operand.nothing(), ZERO).ignoring().because("pass it on");
        steps.label("no signal");
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(POLL, 4), POLLIN << 16,
                LOOP), "nobody has ended");
        steps.call(SystemCall.READ, Operand.value(CHILD_SIGNALS), Operand.address(SIGNAL),
                Operand.number(SIGNAL_INFO_BYTES)).ignoring()
                .because("one signal may stand for several ends");
    }

    /** The program is taken by its pidfd, others by their number: so its status is never taken for theirs. */
    private void reap() {
        steps.purpose(REAP);
        steps.label(REAP);
        steps.call(SystemCall.WAITID, Operand.number(P_ALL, "P_ALL"), ZERO, Operand.address(DEAD),
                Operand.number(WEXITED | WNOHANG | WNOWAIT | WALL, "WEXITED|WNOHANG|WNOWAIT|__WALL"),
                Operand.nothing()).orElse(LOOP).because("who has ended; it is not taken yet");
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(DEAD, PID_OFFSET), -1, LOOP),
                "nobody else");
        steps.call(SystemCall.WAITID, Operand.number(P_PIDFD, "P_PIDFD"), Operand.value(PROGRAM),
                Operand.address(ENDED), Operand.number(WEXITED | WNOHANG, "WEXITED|WNOHANG"),
                Operand.nothing()).orElse(LOOP).because("the program's own end");
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(ENDED, PID_OFFSET), -1,
                "another"), "it goes on");
        steps.jump("ended", "as the program ends, so does the container");
        steps.label("another");
        steps.call(SystemCall.WAIT4, Operand.value(DEAD, PID_OFFSET), Operand.nothing(),
                Operand.number(WNOHANG | WALL, "WNOHANG|__WALL"), Operand.nothing()).ignoring()
                .because("an orphan is buried");
        steps.jump(REAP, "perhaps there are more");
    }

    private void end() {
        steps.purpose("end");
        steps.label("ended");
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(ENDED, CODE_OFFSET),
                BY_SIGNAL, "by itself"), "no signal ended it");
        steps.call(SystemCall.EVENTFD2, Operand.number(EXIT_BY_SIGNAL), ZERO).into(SUM)
                .because("128 and the number of the signal, as a shell says it: the kernel adds");
        steps.call(SystemCall.WRITE, Operand.value(SUM),
                new Operand.SlotAddress(ENDED, STATUS_OFFSET), Operand.number(Long.BYTES))
                .because("the signal");
        steps.call(SystemCall.READ, Operand.value(SUM), Operand.address(CODE),
                Operand.number(Long.BYTES)).because("the sum");
        steps.call(SystemCall.EXIT_GROUP, Operand.value(CODE)).because("and with it the container");
        steps.label("by itself");
        steps.call(SystemCall.EXIT_GROUP, Operand.value(ENDED, STATUS_OFFSET))
                .because("with the same exit code");
    }

    private void program() {
        steps.purpose("program");
        steps.label("program");
        steps.call(SystemCall.SETPGID, ZERO, ZERO).ignoring()
                .because("signals of the terminal reach the program and not its init");
        if (process.terminal()) {
            steps.call(SystemCall.GETPID).into(SUM).because("the group's number is the process's");
            steps.call(SystemCall.IOCTL, ZERO, Operand.flags(TerminalRequest.TIOCSPGRP),
                    Operand.address(SUM)).ignoring().manual("ioctl_tty(2)")
                    .because("in the foreground; SIGTTOU is still blocked");
        }
        mask(0, "[]", "the program begins with no signal blocked");
        String name = process.args().getFirst();
        Operand arguments = Operand.strings(process.args());
        Operand environment = Operand.strings(process.env());
        List<String> paths = name.contains("/") ? List.of(name)
                : ProgramSteps.searchPath(process).stream().map(folder -> folder + "/" + name).toList();
        for (String path : paths) {
            steps.call(SystemCall.EXECVE, Operand.text(path), arguments, environment)
                    .tolerating(Errno.ENOENT).because("from here on it is the container's program");
        }
        steps.call(SystemCall.EXIT_GROUP, Operand.number(127)).because("not found");
        steps.label(FAILED);
        steps.call(SystemCall.EXIT_GROUP, Operand.number(126)).because("it cannot be executed");
    }

    /** Where it is put together for the keeper: a file in memory, and its execution. */
    static void execute(Steps steps, PlanInput.Init given) {
        Slot init = Slot.result("init");
        steps.call(SystemCall.MEMFD_CREATE, Operand.text("jctl-init"),
                Operand.number(1, "MFD_CLOEXEC")).into(init)
                .because("the init is no file of the image");
        steps.call(SystemCall.WRITE, Operand.value(init),
                new Operand.Block(given.file(), "/* " + given.steps().size() + " steps: start the program, pass"
                        + " signals on, reap */"), Operand.number(given.file().length))
                .because("the stub and its steps");
        steps.call(SystemCall.EXECVEAT, Operand.value(init), Operand.text(""),
                Operand.strings(List.of("jctl-init")), Operand.strings(List.of()),
                Operand.number(0x1000, "AT_EMPTY_PATH"))
                .because("the first process of the container; it starts the program");
    }
}
