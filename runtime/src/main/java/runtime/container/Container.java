package runtime.container;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import runtime.launch.Launched;
import runtime.spec.ContainerSpec;

/** A container in memory. What changes it holds its lock, so that operations on one do not mix. */
final class Container {
    /** How long a start or removal waits for a copy into the container. */
    private static final long WRITER_NANOS = Duration.ofSeconds(5).toNanos();

    private final String id;
    private final LogFiles log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noSessions = lock.newCondition();
    private final Condition noWriter = lock.newCondition();
    private volatile ContainerRecord record;
    private volatile Launched launched;
    private volatile CompletableFuture<ContainerRecord.RunExit> ended;
    private final CompletableFuture<Void> removed = new CompletableFuture<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private volatile boolean gone;
    private volatile Optional<ContainerSpec> unwritten = Optional.empty();
    private volatile Health health = Health.STARTING;
    /** Before its last start by itself; zero if there was none. Its lock's. */
    private Duration restartDelay = Duration.ZERO;
    /** By {@link Delays#nanos()}. */
    private long beganNanos;
    /** Goes up with every start and stop: a restart that was planned before comes too late. */
    private int restartTicket;
    private boolean restartPlanned;
    private int sessions;
    /** Whether a client writes to the files of one that does not run. Its lock's. */
    private boolean written;

    /**
     * Keeps the spec it was just made with: the start that follows need not read it. Neither spec nor
     * record is on disk yet; whoever starts it, or does not, writes them.
     */
    void keepUnwritten(ContainerSpec spec) {
        unwritten = Optional.of(spec);
    }

    /** The spec that is on no disk yet. */
    Optional<ContainerSpec> unwritten() {
        return unwritten;
    }

    /** Spec and record are on disk. */
    void markWritten() {
        unwritten = Optional.empty();
    }

    /**
     * A container that is as the record says.
     *
     * @param folders where its files lie
     */
    Container(ContainerRecord record, ContainerFolders folders) {
        this.id = record.id();
        this.log = new LogFiles(folders.log(),
                record.options().logChoice().maxBytes(LogFiles.STANDARD_MAX_BYTES),
                record.options().logChoice().maxFiles(LogFiles.STANDARD_MAX_FILES));
        this.record = record;
        this.ended = new CompletableFuture<>();
        record.run().flatMap(ContainerRecord.Run::exit).ifPresent(ended::complete);
        record.run().ifPresent(run -> begun.complete(null));
    }

    String id() {
        return id;
    }

    /** How it is, if it has a check and runs. */
    Health health() {
        return health;
    }

    void health(Health next) {
        health = next;
    }

    /** How long it waited for its last start by itself; zero if somebody started it. */
    Duration restartDelay() {
        return restartDelay;
    }

    /** When its run began, or this daemon took it up, by {@link Delays#nanos()}. */
    long beganNanos() {
        return beganNanos;
    }

    /** A start by itself is planned; whoever does it shows the ticket. The caller holds its lock. */
    int planRestart(Duration delay) {
        restartDelay = delay;
        restartPlanned = true;
        return ++restartTicket;
    }

    /** No start by itself is planned any more. The caller holds its lock. */
    void cancelRestart() {
        restartTicket++;
        restartPlanned = false;
        restartDelay = Duration.ZERO;
    }

    /** Whether it will be started by itself. The caller holds its lock. */
    boolean isRestartPlanned() {
        return restartPlanned;
    }

    /** Takes up a plan, unless it was cancelled or replaced. The caller holds its lock. */
    boolean takePlan(int ticket) {
        boolean valid = restartPlanned && ticket == restartTicket;
        restartPlanned &= !valid;
        return valid;
    }

    /** What it wrote. */
    LogFiles log() {
        return log;
    }

    ReentrantLock lock() {
        return lock;
    }

    ContainerRecord record() {
        return record;
    }

    void record(ContainerRecord next) {
        record = next;
    }

    /** Its first process; null if none runs. */
    Launched launched() {
        return launched;
    }

    /** A run begins: whoever waits from now on waits for the end of this one. */
    void begin(Launched run, long nanos) {
        beganNanos = nanos;
        if (ended.isDone()) {
            ended = new CompletableFuture<>();
        }
        launched = run;
        begun.complete(null);
    }

    /** The process is no more; {@link #ended} is completed by the caller, once it holds no lock. */
    void end() {
        launched = null;
    }

    /** Completes with the end of the present run, or is complete with that of the last. */
    CompletableFuture<ContainerRecord.RunExit> ended() {
        return ended;
    }

    /** Completes with its first run's beginning, or when it is removed without one. */
    CompletableFuture<Void> begun() {
        return begun;
    }

    /** Completes when it is removed; exceptionally if that failed. */
    CompletableFuture<Void> removed() {
        return removed;
    }

    boolean isGone() {
        return gone;
    }

    /** It exists no more. */
    void markGone() {
        gone = true;
        removed.complete(null);
        begun.complete(null);
    }

    /** A client begins or ends to write to its files, which no run has. The caller holds its lock. */
    void writing(boolean begins) {
        written = begins;
        noWriter.signalAll();
    }

    /** Whether a client writes to its files. The caller holds its lock. */
    boolean isWritten() {
        return written;
    }

    /**
     * Waits a little for a client that writes to its files. The caller holds its lock.
     *
     * @throws ContainerException if it goes on writing
     */
    void awaitNoWriter() throws ContainerException {
        long left = WRITER_NANOS;
        try {
            while (written && left > 0) {
                left = noWriter.awaitNanos(left);
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        if (written) {
            throw new ContainerException(ContainerException.Reason.RUNNING, "container "
                    + record.name() + " is written to by a copy (`jctl cp`) that has not ended;"
                    + " try again when it has, or end it");
        }
    }

    /** Someone reads its output and must not lose any by its removal. */
    void sessionOpened() {
        lock.lock();
        try {
            sessions++;
        } finally {
            lock.unlock();
        }
    }

    void sessionClosed() {
        lock.lock();
        try {
            sessions--;
            noSessions.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits till nobody reads any more, but no longer than given. */
    void awaitNoSessions(long nanoseconds) throws InterruptedException {
        lock.lock();
        try {
            long left = nanoseconds;
            while (sessions > 0 && left > 0) {
                left = noSessions.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
