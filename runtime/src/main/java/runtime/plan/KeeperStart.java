package runtime.plan;

import linux.abi.OpenFlag;
import linux.abi.ProcessControl;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;

/** What every keeper does first, and when its child has executed the program or failed. */
final class KeeperStart {
    private static final int F_SETLK = 6;
    private static final int SIGKILL = 9;
    private static final int LOCK_EX = 2;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_FIXED = 0x11;
    private static final int CLOCK_MONOTONIC = 1;
    private static final String NO_PAGE = "no status page";
    private static final String GONE = "container gone";

    private KeeperStart() {}

    /** @param handedOver whether descriptors 0, 1 and 2 are the caller's, for the process */
    static void add(Steps steps, String statusFile, boolean handedOver) {
        Slot file = Slot.result("status");
        steps.purpose("keeper");
        for (int stream = 0; stream <= 2 && !handedOver; stream++) {
            steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/dev/null"),
                    Operand.flags(OpenFlag.O_RDWR)).orElse(NO_PAGE)
                    .because("descriptors 0, 1 and 2 are kept free for the container's streams");
        }
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(statusFile),
                Operand.flags(OpenFlag.O_RDWR, OpenFlag.O_CLOEXEC)).into(file).orElse(NO_PAGE)
                .because("what the daemon, this one or a later one, knows of the container");
        steps.call(SystemCall.MMAP, Operand.number(StatusPage.ADDRESS, "STATUS_PAGE"),
                Operand.number(StatusPage.SIZE_BYTES),
                Operand.number(PROT_READ_WRITE, "PROT_READ|PROT_WRITE"),
                Operand.number(MAP_SHARED_FIXED, "MAP_SHARED|MAP_FIXED"), Operand.value(file),
                Operand.number(0)).orElse(NO_PAGE).because("shared with the daemon");
        steps.call(SystemCall.CLOCK_GETTIME, Operand.number(CLOCK_MONOTONIC, "CLOCK_MONOTONIC"),
                Operand.address(StatusPage.FIRST_STEP_AT))
                .because("ties the trace's processor ticks to the clock");
        if (handedOver) {
            steps.call(SystemCall.FLOCK, Operand.value(file), Operand.number(LOCK_EX, "LOCK_EX"))
                    .because("held by whoever has the file open or mapped: the kernel lets go of it when"
                            + " the process executes its program or ends, which is what start waits for");
            hideDescriptors(steps);
            ChildSteps.dieWithParent(steps, "until the process is handed over nobody else would end it");
        } else {
            steps.call(SystemCall.FCNTL, Operand.value(file), Operand.number(F_SETLK, "F_SETLK"),
                    Structures.writeLock())
                    .because("proof of life: as long as this process lives the lock names its pid");
        }
        steps.call(SystemCall.GETPID).into(StatusPage.KEEPER_PID).because("for the daemon");
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_NAME),
                Operand.text("jctl-keeper")).because("what ps shows");
        steps.call(SystemCall.UMASK, Operand.number(0)).because("modes are what the plan says");
        steps.jump("begin", "the way out for a keeper without a page stands here");
        steps.label(NO_PAGE);
        steps.call(SystemCall.EXIT_GROUP, Operand.number(124)).because("nobody can be told");
        steps.label("begin");
    }

    /** For a process that enters a container where others run already. */
    static void hideDescriptors(Steps steps) {
        steps.call(SystemCall.PRCTL, Operand.flags(ProcessControl.PR_SET_DUMPABLE),
                Operand.number(0))
                .because("nobody in the container may look at its descriptors before execve");
    }

    /** Sleeps until the child has executed its program or ended, and tells which. */
    static void waitForProgram(Steps steps) {
        steps.purpose("keeper");
        steps.sleepWhile(Slots.ALIVE, 1, "shared",
                "the kernel clears the word and wakes when execve gives the container memory of its own");
        steps.add(new Instruction.JumpIfClear(Operand.address(Slots.ALIVE), -1, "separate"),
                "no longer shared");
        steps.jump("shared", "woken for another reason");
        steps.label("separate");
        steps.add(new Instruction.JumpIfClear(Operand.address(StatusPage.FAILURE), -1, "runs"),
                "no step failed");
        steps.label(GONE);
        reap(steps);
        steps.announce(StatusPage.FAILED, "the container failed before its program ran");
        steps.call(SystemCall.EXIT_GROUP, Operand.number(125)).because("nothing is left to keep");
        steps.label("runs");
        steps.call(SystemCall.CLOCK_GETTIME, Operand.number(CLOCK_MONOTONIC, "CLOCK_MONOTONIC"),
                Operand.address(StatusPage.RUNNING_AT)).because("when the program began");
        steps.announce(StatusPage.RUNNING, "the program runs");
        for (int stream = 0; stream <= 2; stream++) {
            steps.call(SystemCall.CLOSE, Operand.number(stream)).ignoring()
                    .because("the container's standard streams are its own now");
        }
    }

    /**
     * Sleeps until the process shares no memory any more, or the caller says that it need not be waited
     * for; and ends.
     *
     * @param announce whether the program runs then
     */
    static void handOver(Steps steps, boolean announce) {
        steps.purpose("keeper");
        steps.sleepWhile(StatusPage.ALIVE, 1, "shared",
                "the kernel clears the word and wakes when the process executes its program or ends; the"
                        + " caller does when a container waits for start");
        steps.add(new Instruction.JumpIfClear(Operand.address(StatusPage.ALIVE), -1, "separate"),
                "no longer waited for");
        steps.jump("shared", "woken for another reason");
        steps.label("separate");
        steps.add(new Instruction.JumpIfClear(Operand.address(StatusPage.FAILURE), -1, "runs"),
                "no step failed");
        steps.label(GONE);
        reap(steps);
        steps.announce(StatusPage.FAILED, "it failed before its program ran");
        steps.call(SystemCall.EXIT_GROUP, Operand.number(125)).because("nothing is left to keep");
        steps.label("runs");
        steps.call(SystemCall.CLOCK_GETTIME, Operand.number(CLOCK_MONOTONIC, "CLOCK_MONOTONIC"),
                Operand.address(StatusPage.RUNNING_AT)).because("when it was handed over");
        if (announce) {
            steps.announce(StatusPage.RUNNING, "the program runs");
        }
        steps.call(SystemCall.EXIT_GROUP, Operand.number(0))
                .because("the process becomes the child of whoever takes in orphans: the caller, who waits"
                        + " for it");
    }

    /** Takes the child's exit status. */
    static void reap(Steps steps) {
        steps.call(SystemCall.WAIT4, Operand.value(StatusPage.CONTAINER_PID),
                Operand.address(StatusPage.WAIT_STATUS), Operand.number(0x40000000, "__WALL"),
                Operand.address(StatusPage.RESOURCE_USAGE)).ignoring()
                .because("exit status and resources used");
    }

    /** The end of a keeper that failed itself, and of its child, if there is one. */
    static void failure(Steps steps, String label) {
        String alone = label + " alone";
        steps.purpose("failure");
        steps.label(label);
        steps.add(new Instruction.JumpIfClear(Operand.address(StatusPage.CONTAINER_PID), -1, alone),
                "there is no container yet");
        steps.call(SystemCall.PIDFD_SEND_SIGNAL, Operand.value(Slots.PIDFD),
                Operand.number(SIGKILL, "SIGKILL"), Operand.nothing(), Operand.number(0)).ignoring()
                .because("it may not have come to asking for that itself (PR_SET_PDEATHSIG)");
        steps.label(alone);
        steps.announce(StatusPage.FAILED, "a step of the keeper failed");
        steps.call(SystemCall.EXIT_GROUP, Operand.number(125)).because("nothing is left to keep");
    }
}
