package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.Capability;
import linux.abi.Errno;
import linux.abi.ProcessControl;
import linux.abi.SystemCall;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.Process;

/** The last steps of a process: the wait for start, limits, privileges, filter, program. */
final class ProgramSteps {
    /** The purpose under which the attempts to execute the program stand. */
    static final String PROGRAM = "program";
    /** The purpose under which the filter is set. */
    static final String SECCOMP = "seccomp";
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /** What is asked of the working directory. */
    static final String OUTSIDE = "a working directory inside the container";
    private static final int PATH_MAX = 4096;
    private static final int DEFAULT_UMASK = 0022;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final Operand ZERO = Operand.number(0);

    private final Steps steps;
    private final Process process;
    private final Optional<SystemCallFilter> seccomp;
    private final String failed;
    private final Optional<Handover> handover;
    private final Optional<PlanInput.Init> init;
    private final boolean leased;

    ProgramSteps(Steps steps, Process process, Optional<SystemCallFilter> seccomp, String failed,
            Optional<Handover> handover) {
        this(steps, process, seccomp, failed, handover, Optional.empty(), false);
    }

    /**
     * @param init   executed in the program's place, if there is one
     * @param leased whether it may not be started once the node's lease is over
     */
    ProgramSteps(Steps steps, Process process, Optional<SystemCallFilter> seccomp, String failed,
            Optional<Handover> handover, Optional<PlanInput.Init> init, boolean leased) {
        this.leased = leased;
        this.init = init;
        this.steps = steps;
        this.process = process;
        this.seccomp = seccomp;
        this.failed = failed;
        this.handover = handover;
    }

    void add() {
        workingDirectory();
        if (handover.isPresent()) {
            lookForProgram();
            ChildSteps.outliveKeeper(steps);
        }
        waitForStart();
        if (leased) {
            LeaseSteps.refuseIfOver(steps);
        }
        limits();
        if (!process.noNewPrivileges()) {
            filter("the kernel lets only a privileged process set a filter that set-user-ID programs"
                    + " inherit, so it comes before the privileges go");
        }
        privileges();
        SecurityLabels.add(steps, process);
        if (process.noNewPrivileges()) {
            noNewPrivileges();
            filter("the last act before the program");
        }
        execute();
    }

    private void workingDirectory() {
        steps.purpose("working directory");
        String path = process.cwd();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            make(path.substring(0, slash));
        }
        if (path.length() > 1) {
            make(path);
        }
        steps.call(SystemCall.CHDIR, Operand.text(path)).because("where the program starts");
        refuseOutside();
        int mask = process.user().umask().orElse(DEFAULT_UMASK);
        steps.call(SystemCall.UMASK, Operand.number(mask, "0" + Integer.toOctalString(mask))).ignoring()
                .because("the mode of files it makes");
    }

    /** A link of /proc may lead to a folder that is still open from before the root was changed. */
    private void refuseOutside() {
        Slot path = Slot.buffer("working_directory", PATH_MAX);
        Slot outside = Slot.result("outside");
        steps.call(SystemCall.GETCWD, Operand.address(path), Operand.number(PATH_MAX, "PATH_MAX"))
                .because("the kernel names a folder outside the root \"(unreachable)\"");
        // All bits of '/' that '(' has not.
        steps.add(new linux.program.Instruction.JumpIfClear(Operand.address(path), '/' & ~'(',
                "working directory outside"), "it does not begin with a slash");
        steps.jump("working directory inside", "it is below the container's root");
        steps.label("working directory outside");
        steps.store(outside, 0, Operand.number(-Errno.EXDEV.number(), "-EXDEV"), "this is no step's error yet");
        steps.check(Operand.address(outside), OUTSIDE);
        steps.label("working directory inside");
    }

    /** A folder that is there, or cannot be made, is left to chdir to judge. */
    private void make(String path) {
        steps.call(SystemCall.MKDIRAT, Steps.HERE, Operand.text(path), Operand.number(0755, "0755"))
                .ignoring().because("made if the image lacks it");
    }

    private void waitForStart() {
        steps.purpose("start");
        steps.announce(StatusPage.CREATED, "created: all is in place");
        steps.sleepWhile(StatusPage.COMMAND, 0, "wait for start",
                "costs a few kilobytes as long as nobody starts it");
        steps.add(new linux.program.Instruction.JumpIfClear(
                Operand.address(StatusPage.COMMAND), -1, "wait for start"), "no command yet");
    }

    private void limits() {
        steps.purpose("resource limits");
        for (Process.Rlimit limit : process.rlimits()) {
            steps.call(SystemCall.PRLIMIT64, ZERO, ResourceLimits.operand(limit.type()),
                    Structures.limit(limit.soft(), limit.hard()), Operand.nothing())
                    .manual("getrlimit(2)").because("a limit of the process itself");
        }
    }

    private void privileges() {
        steps.purpose("capabilities");
        Optional<Process.Capabilities> capabilities = process.capabilities();
        capabilities.ifPresent(sets -> {
            for (Capability capability : Capability.values()) {
                if (!sets.bounding().contains(capability)) {
                    steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_CAPBSET_DROP),
                            Operand.number(capability.ordinal(), "CAP_" + capability.name())).ignoring()
                            .manual("capabilities(7)")
                            .because("no program it executes can ever gain it");
                }
            }
            steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_KEEPCAPS),
                    Operand.number(1)).manual("capabilities(7)")
                    .because("giving up user 0 must not take the capabilities that stay");
        });
        user();
        capabilities.ifPresent(this::sets);
        if (handover.isEmpty()) {
            ChildSteps.dieWithKeeper(steps);
        }
    }

    private void user() {
        steps.purpose("user");
        Process.User user = process.user();
        steps.call(SystemCall.SETGROUPS, Operand.number(user.additionalGids().size()),
                Structures.groups(user.additionalGids())).because("only the groups the spec names");
        Operand gid = Operand.number(user.gid());
        Operand uid = Operand.number(user.uid());
        steps.call(SystemCall.SETRESGID, gid, gid, gid).because("real, effective and saved group");
        steps.call(SystemCall.SETRESUID, uid, uid, uid).because("real, effective and saved user");
    }

    private void sets(Process.Capabilities sets) {
        steps.purpose("capabilities");
        steps.call(SystemCall.CAPSET, Structures.capabilityHeader(),
                Structures.capabilitySets(bits(sets.effective()), bits(sets.permitted()),
                        bits(sets.inheritable()))).because("effective, permitted and inheritable set");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_CAP_AMBIENT),
                Operand.number(PR_CAP_AMBIENT_CLEAR_ALL, "PR_CAP_AMBIENT_CLEAR_ALL"), ZERO, ZERO, ZERO)
                .ignoring().manual("capabilities(7)").because("nothing ambient but what is named");
        for (Capability capability : new java.util.TreeSet<>(sets.possibleAmbient())) {
            steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_CAP_AMBIENT),
                    Operand.number(PR_CAP_AMBIENT_RAISE, "PR_CAP_AMBIENT_RAISE"),
                    Operand.number(capability.ordinal(), "CAP_" + capability.name()), ZERO, ZERO)
                    .manual("capabilities(7)").because("kept across execve without set-user-ID");
        }
    }

    private static long bits(Set<Capability> capabilities) {
        long bits = 0;
        for (Capability capability : capabilities) {
            bits |= 1L << capability.ordinal();
        }
        return bits;
    }

    private void noNewPrivileges() {
        steps.purpose("no new privileges");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_NO_NEW_PRIVS),
                Operand.number(1), ZERO, ZERO, ZERO)
                .because("set-user-ID programs and file capabilities give nothing");
    }

    private void filter(String reason) {
        seccomp.ifPresent(filter -> {
            steps.purpose(SECCOMP);
            if (handover.filter(Handover::listens).isPresent()) {
                listen(filter, reason);
            } else {
                steps.call(SystemCall.SECCOMP,
                        Operand.number(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
                        Operand.flags(filter.flags(false)),
                        Structures.filterProgram(filter.instructions())).because(reason);
            }
        });
    }

    /** From the filter on a supervisor may have to allow the next call, so it must have been told. */
    private void listen(SystemCallFilter filter, String reason) {
        steps.call(SystemCall.SECCOMP,
                Operand.number(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
                Operand.flags(filter.flags(true)),
                Structures.filterProgram(filter.instructions())).into(StatusPage.LISTENER)
                .manual("seccomp_unotify(2)").because(reason);
        steps.store(StatusPage.LISTENS, 0, Operand.number(1), "the listener can be taken");
        steps.wake(StatusPage.LISTENS, "the caller takes it and sends it to listenerPath");
        steps.sleepWhile(StatusPage.LISTENER_TAKEN, 0, "wait for listener", "until it has it");
        steps.add(new linux.program.Instruction.JumpIfClear(
                Operand.address(StatusPage.LISTENER_TAKEN), -1, "wait for listener"), "not yet");
    }

    /** So that a program that is not there fails the creation, and not the start. */
    private void lookForProgram() {
        steps.purpose(PROGRAM);
        String name = process.args().getFirst();
        List<String> candidates = name.contains("/") ? List.of(name)
                : searchPath(process).stream().map(folder -> folder + "/" + name).toList();
        for (int i = 0; i < candidates.size(); i++) {
            String next = "not candidate " + i;
            steps.call(SystemCall.FACCESSAT, Steps.HERE, Operand.text(candidates.get(i)),
                    Operand.number(1, "X_OK")).orElse(next)
                    .because("whether it can be executed is said now, not at start");
            steps.jump("program found", "this one will be");
            steps.label(next);
        }
        noneFound(name);
        steps.label("program found");
    }

    private void noneFound(String name) {
        Slot none = Slot.result("none_found");
        steps.store(none, 0, Operand.number(-Errno.ENOENT.number(), "-ENOENT"), "nothing in PATH was executed");
        steps.check(Operand.address(none), "a program named " + name + " in PATH");
    }

    private void execute() {
        if (init.isPresent()) {
            steps.purpose("init");
            InitProgram.execute(steps, init.get());
        } else {
            program();
        }
        steps.label(failed);
        steps.call(SystemCall.EXIT_GROUP, Operand.number(125)).ignoring()
                .because("the keeper sees the end and reports the step that failed");
    }

    private void program() {
        steps.purpose(PROGRAM);
        String name = process.args().getFirst();
        Operand arguments = Operand.strings(process.args());
        Operand environment = Operand.strings(process.env());
        if (name.contains("/")) {
            steps.call(SystemCall.EXECVE, Operand.text(name), arguments, environment)
                    .because("from here on it is the container's own program");
        } else {
            for (String folder : searchPath(process)) {
                steps.call(SystemCall.EXECVE, Operand.text(folder + "/" + name), arguments, environment)
                        .ignoring().because("the first in PATH that can be executed");
            }
            noneFound(name);
        }
    }

    /** The folders of PATH, in order. */
    static List<String> searchPath(Process process) {
        String path = DEFAULT_PATH;
        for (String entry : process.env()) {
            if (entry.startsWith("PATH=")) {
                path = entry.substring("PATH=".length());
            }
        }
        List<String> folders = new ArrayList<>();
        for (String folder : path.split(":")) {
            folders.add(folder.isEmpty() ? "." : folder);
        }
        return folders;
    }
}
