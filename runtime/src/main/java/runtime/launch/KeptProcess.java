package runtime.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import linux.abi.Errno;
import linux.abi.Signal;
import linux.program.Encoder;
import linux.program.Slot;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import linux.syscall.Timers;
import runtime.plan.StatusPage;

/** A process seen through its keeper's status page. */
final class KeptProcess implements Launched {
    private static final long CHECK_MILLIS = 200;
    private static final int NONE = -1;

    private final StatusView page;
    private final int keeperPid;
    private final int keeperPidfd;
    /** Let go once the program runs: no step can fail then, and a plan is large. */
    private volatile Optional<KeeperProgram> program;
    private final Optional<KeeperProgram.TracedSteps> traced;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private int inputDescriptor = NONE;
    private int terminalDescriptor = NONE;
    private int leaseDescriptor = NONE;
    private boolean inputClosed;
    private boolean closed;
    /** Whether nobody waits for the keeper any more: whoever finds both set closes its pidfd. */
    private boolean ended;

    /**
     * @param program known to the daemon that launched it
     */
    KeptProcess(StatusView page, int keeperPid, int keeperPidfd, Optional<KeeperProgram> program) {
        this.page = page;
        this.keeperPid = keeperPid;
        this.keeperPidfd = keeperPidfd;
        this.program = program;
        this.traced = program.map(KeeperProgram::traced);
    }

    @Override
    public int pid() {
        return page.integer(StatusPage.CONTAINER_PID);
    }

    @Override
    public int keeperPid() {
        return keeperPid;
    }

    int keeperPidfd() {
        return keeperPidfd;
    }

    @Override
    public Phase phase() {
        return switch (page.phase()) {
            case StatusPage.CREATING -> Phase.CREATING;
            case StatusPage.CREATED -> Phase.CREATED;
            case StatusPage.RUNNING -> Phase.RUNNING;
            case StatusPage.EXITED -> Phase.EXITED;
            default -> Phase.FAILED;
        };
    }

    /** The program runs as soon as all is in place. */
    void mayStart() {
        page.command(StatusPage.COMMAND_START);
    }

    /** Does what the container waits for, and lets it go on. */
    void attend(LaunchRequest.Meanwhile meanwhile) throws LaunchException {
        while (page.integer(StatusPage.HOOKS) == 0) {
            page.awaitChange(StatusPage.HOOKS, 0, CHECK_MILLIS);
            refuseEnd(StatusPage.CREATING);
        }
        try {
            meanwhile.run(pid());
        } catch (IOException failed) {
            killKeeper();
            LaunchException told = new LaunchException(failed.getMessage(), -1, 0, 125);
            told.initCause(failed);
            throw told;
        }
        page.set(StatusPage.HOOKS_DONE, 1);
    }

    /** Returns when all but the program is in place. */
    void awaitCreated() throws LaunchException {
        awaitEndOf(StatusPage.CREATING);
    }

    /** Returns when the program of a created container runs, or has run. */
    void awaitRunning() throws LaunchException {
        awaitEndOf(StatusPage.CREATED);
        program = Optional.empty();
    }

    private void awaitEndOf(int phase) throws LaunchException {
        while (page.phase() == phase) {
            page.awaitChange(phase, CHECK_MILLIS);
            refuseEnd(phase);
        }
        if (page.phase() == StatusPage.FAILED) {
            throw failure();
        }
    }

    private void refuseEnd(int phase) throws LaunchException {
        // In this order: a keeper that has ended since the phase was read may have done its work.
        boolean keeperEnded = Processes.hasEnded(keeperPidfd);
        if (page.phase() == StatusPage.FAILED) {
            throw failure();
        }
        if (keeperEnded && page.phase() == phase) {
            throw new LaunchException("the keeper (process " + keeperPid + ") was killed while the"
                    + " container was being started; if nobody did that, the container's memory"
                    + " limit is too small to start", -1, 0, 125);
        }
    }

    private LaunchException failure() {
        return program.map(known -> Failure.of(known, page)).orElseGet(() ->
                new LaunchException("a step failed; the daemon that knew the plan is gone", -1, 0, 125));
    }

    @Override
    public void start() throws LaunchException {
        if (page.phase() != StatusPage.CREATED) {
            throw new LaunchException("only a created container can be started; this one is "
                    + phase(), -1, 0, 125);
        }
        mayStart();
        awaitRunning();
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    /** Called once the keeper has ended. */
    void keeperEnded() {
        Processes.reap(keeperPidfd);
        try {
            if (page.phase() == StatusPage.EXITED) {
                exit.complete(page.exit());
            } else {
                exit.completeExceptionally(page.phase() == StatusPage.FAILED ? failure()
                        : new LaunchException("the keeper (process " + keeperPid + ") was killed;"
                                + " the kernel ended the container with it", -1, 0, 125));
            }
        } finally {
            // Whatever happens to the page, nobody waits for ever.
            exit.completeExceptionally(new LaunchException("the keeper's status page cannot be read",
                    -1, 0, 125));
            noLongerWatched();
        }
    }

    /** Waits for the keeper's end; it must have failed or been killed. */
    void awaitKeeperEnd() {
        Processes.reap(keeperPidfd);
    }

    /** The kernel ends what it keeps with it. */
    void killKeeper() throws LaunchException {
        try {
            Processes.signal(keeperPidfd, Signal.SIGKILL.number());
        } catch (SystemCallException failed) {
            throw new LaunchException("keeper " + keeperPid + " cannot be killed: "
                    + failed.getMessage(), -1, failed.errno(), 125);
        }
    }

    /** The wait for the keeper's end is over: it has ended, or the launcher was closed. */
    synchronized void noLongerWatched() {
        if (!ended) {
            ended = true;
            if (closed) {
                Descriptors.close(keeperPidfd);
            }
        }
    }

    @Override
    public boolean signal(int signal) throws IOException {
        if (page.phase() == StatusPage.CREATING && signal == Signal.SIGKILL.number()) {
            synchronized (this) {
                // There may be no process of the container yet; if there is one, it dies with its keeper.
                return !closed && Processes.signal(keeperPidfd, signal);
            }
        }
        int pidfd = take(StatusPage.PIDFD, 0);
        if (pidfd == NONE) {
            return false;
        }
        try {
            return Processes.signal(pidfd, signal);
        } finally {
            Descriptors.close(pidfd);
        }
    }

    /** A copy of a descriptor of the keeper, or -1 if the keeper has ended. */
    private synchronized int take(Slot slot, int offsetBytes) throws IOException {
        if (closed || Processes.hasEnded(keeperPidfd)) {
            return NONE;
        }
        int descriptor = page.integer(StatusPage.offsetBytes(slot) + offsetBytes);
        try {
            return Processes.takeDescriptor(keeperPidfd, descriptor);
        } catch (SystemCallException refused) {
            if (refused.errno() == Errno.ESRCH.number()) {
                return NONE; // it has ended since we looked
            }
            throw refused;
        }
    }

    @Override
    public boolean hasTerminal() {
        return page.integer(StatusPage.TERMINAL) > 0;
    }

    @Override
    public synchronized void resize(int rows, int columns) throws IOException {
        if (hasTerminal() && terminal() != NONE) {
            Descriptors.setWindowSize(terminalDescriptor, rows, columns);
        }
    }

    private int terminal() throws IOException {
        if (terminalDescriptor == NONE) {
            terminalDescriptor = take(StatusPage.TERMINAL, 0);
        }
        return terminalDescriptor;
    }

    @Override
    public synchronized void leaseUntil(long bootNanos) throws IOException {
        if (page.number(StatusPage.LEASE_TIMER) <= 0) {
            return;
        }
        if (leaseDescriptor == NONE) {
            leaseDescriptor = take(StatusPage.LEASE_TIMER, 0);
        }
        if (leaseDescriptor != NONE) {
            Timers.set(leaseDescriptor, bootNanos);
        }
    }

    @Override
    public void writeInput(ByteBuffer bytes) throws IOException {
        Descriptors.writeAll(input(), bytes);
    }

    private synchronized int input() throws IOException {
        if (closed || inputClosed) {
            throw new IOException("standard input is closed");
        }
        if (hasTerminal()) {
            return present(terminal());
        }
        if (inputDescriptor == NONE) {
            if (page.integer(StatusPage.offsetBytes(StatusPage.INPUT) + Integer.BYTES) == 0) {
                throw new IOException("the container was created without standard input (-i)");
            }
            inputDescriptor = present(take(StatusPage.INPUT, Integer.BYTES));
            Descriptors.doNotBlock(inputDescriptor);
        }
        return inputDescriptor;
    }

    private static int present(int descriptor) throws IOException {
        if (descriptor == NONE) {
            throw new IOException("the process has ended");
        }
        return descriptor;
    }

    @Override
    public synchronized void closeInput() throws IOException {
        if (inputClosed || hasTerminal()) {
            return;
        }
        inputClosed = true;
        release();
        int control = take(StatusPage.CONTROL, Integer.BYTES);
        if (control != NONE) {
            try {
                Descriptors.writeAll(control, ByteBuffer.wrap(new byte[] {1}));
            } finally {
                Descriptors.close(control);
            }
        }
    }

    private void release() {
        if (inputDescriptor != NONE) {
            Descriptors.close(inputDescriptor);
            inputDescriptor = NONE;
        }
    }

    @Override
    public List<StepResult> trace() {
        return traced.map(this::trace).orElse(List.of());
    }

    /**
     * Ticks become nanoseconds by the two steps that read the clock. Time begins with the first step that
     * left a record: the one that mapped the page, before any clock was read.
     */
    private List<StepResult> trace(KeeperProgram.TracedSteps steps) {
        long firstTicks = ticks(steps.first());
        double nanosPerTick = ticks(steps.last()) > firstTicks
                ? (double) (clock(StatusPage.RUNNING_AT) - clock(StatusPage.FIRST_STEP_AT))
                        / (ticks(steps.last()) - firstTicks)
                : 1;
        int traced = Math.min(steps.count(), StatusPage.TRACE_CAPACITY);
        long beginTicks = firstTicks;
        for (int i = 0; i < traced; i++) {
            if (ticks(i) != 0) {
                beginTicks = Math.min(beginTicks, ticks(i));
            }
        }
        List<StepResult> results = new ArrayList<>();
        for (int i = 0; i < traced; i++) {
            if (ticks(i) != 0) {
                results.add(new StepResult(i, page.number(
                        StatusPage.TRACE_OFFSET_BYTES + i * Encoder.TRACE_BYTES),
                        Math.round((ticks(i) - beginTicks) * nanosPerTick)));
            }
        }
        return results;
    }

    private long ticks(int index) {
        return page.number(StatusPage.TRACE_OFFSET_BYTES + index * Encoder.TRACE_BYTES + Long.BYTES);
    }

    private long clock(Slot slot) {
        int offset = StatusPage.offsetBytes(slot);
        return page.number(offset) * 1_000_000_000L + page.number(offset + Long.BYTES);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release();
            if (ended) {
                Descriptors.close(keeperPidfd);
            }
            if (terminalDescriptor != NONE) {
                Descriptors.close(terminalDescriptor);
                terminalDescriptor = NONE;
            }
            if (leaseDescriptor != NONE) {
                Descriptors.close(leaseDescriptor);
                leaseDescriptor = NONE;
            }
        }
    }
}
