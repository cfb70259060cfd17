package runtime.launch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import linux.abi.Signal;
import linux.program.Instruction;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.plan.StatusPage;
import runtime.plan.Step;

/** A launch that its caller will keep. Used by one thread. */
public final class HandedProcess implements AutoCloseable {
    private static final long CHECK_MILLIS = 200;

    private final StatusView page;
    private final int keeperPid;
    private final int keeperPidfd;
    private final KeeperProgram program;
    private boolean over;

    HandedProcess(StatusView page, int keeperPid, int keeperPidfd, KeeperProgram program) {
        this.page = page;
        this.keeperPid = keeperPid;
        this.keeperPidfd = keeperPidfd;
        this.program = program;
    }

    /** The process, as the host numbers it; 0 before it exists. */
    public int pid() {
        return page.integer(StatusPage.CONTAINER_PID);
    }

    /** Returns when the container waits for hooks. */
    public void awaitHooks() throws LaunchException {
        while (page.integer(StatusPage.HOOKS) == 0) {
            page.awaitChange(StatusPage.HOOKS, 0, CHECK_MILLIS);
            refuseEnd(StatusPage.CREATING);
        }
    }

    /** The hooks have run. */
    public void hooksDone() {
        page.set(StatusPage.HOOKS_DONE, 1);
    }

    /**
     * A seccomp filter's listener, once there is one; the caller closes it, and calls
     * {@link #listenerTaken} when it has sent it on.
     *
     * @param pidfd of the process
     * @return empty if the process has ended before
     */
    public OptionalInt takeListener(int pidfd) throws SystemCallException {
        return FilterListener.take(page, pidfd);
    }

    /** Lets the process go on. */
    public void listenerTaken() {
        page.set(StatusPage.LISTENER_TAKEN, 1);
    }

    /** Lets the program run as soon as all is in place. */
    public void mayStart() {
        page.set(StatusPage.COMMAND, StatusPage.COMMAND_START);
    }

    /** Returns when all but the program is in place. */
    public void awaitCreated() throws LaunchException {
        awaitEndOf(StatusPage.CREATING);
    }

    /** Returns when the program runs, or has run. */
    public void awaitRunning() throws LaunchException {
        awaitEndOf(StatusPage.CREATING);
        awaitEndOf(StatusPage.CREATED);
    }

    private void awaitEndOf(int phase) throws LaunchException {
        while (page.phase() == phase) {
            page.awaitChange(phase, CHECK_MILLIS);
            refuseEnd(phase);
        }
        if (page.phase() == StatusPage.FAILED) {
            throw Failure.of(program, page);
        }
    }

    private void refuseEnd(int phase) throws LaunchException {
        // In this order: a keeper that has ended since the phase was read may have done its work.
        boolean ended = Processes.hasEnded(keeperPidfd);
        if (page.phase() == StatusPage.FAILED) {
            throw Failure.of(program, page);
        }
        if (ended && page.phase() == phase) {
            throw new LaunchException("the process was killed while it was being started; if nobody did"
                    + " that, the container's memory limit is too small to start", -1, 0, 125);
        }
    }

    /** A descriptor of this process for the terminal's outer side; the caller closes it. */
    public int terminal() throws SystemCallException {
        return Processes.takeDescriptor(keeperPidfd, page.integer(StatusPage.TERMINAL));
    }

    /** Hands the process over: its keeper ends, and it becomes the child of who takes in orphans. */
    public void handOver() {
        over = true;
        page.set(StatusPage.ALIVE, 0);
        Processes.reap(keeperPidfd);
    }

    /**
     * The steps after the creation, for {@link CreatedProcess#start}, which may be called by a process
     * that does not know the plan: a line for each, of offset, purpose, call and reason.
     */
    public List<String> remainingSteps() throws IOException {
        List<String> lines = new ArrayList<>();
        List<Step> steps = program.plan().steps();
        int[] indexes = program.encoded().indexes();
        boolean remaining = false;
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] < 0) {
                continue;
            }
            Step step = steps.get(indexes[i]);
            boolean announces = step.instruction() instanceof Instruction.Store32
                    && step.purpose().equals("start");
            remaining |= announces;
            if (remaining && step.lane() == runtime.plan.Lane.CONTAINER) {
                lines.add(i + "\t" + step.purpose() + "\t"
                        + oneLine(step.spelling()) + "\t" + oneLine(step.reason()));
            }
        }
        return lines;
    }

    private static String oneLine(String text) {
        return text.replace('\t', ' ').replace('\n', ' ');
    }

    /** Ends it, unless it was handed over. */
    @Override
    public void close() {
        if (!over) {
            try {
                // The kernel ends the process with its keeper.
                Processes.signal(keeperPidfd, Signal.SIGKILL.number());
            } catch (SystemCallException impossible) {
                throw new IllegalStateException("a child that cannot be killed", impossible);
            }
            Processes.reap(keeperPidfd);
        }
        Descriptors.close(keeperPidfd);
    }

    @Override
    public String toString() {
        return "process of keeper " + keeperPid;
    }
}
