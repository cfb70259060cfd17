package clusterd.executor;

import clusterd.model.Desire;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import clusterd.template.RegistryLogin;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What others want of a task's runner: told by any thread, read by the runner. */
final class TaskMail {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private Assignment assignment;
    private boolean secretsKnown;
    private boolean givenNow;
    private boolean cutOff;
    private boolean fenced;
    private boolean closed;
    private long letters;
    private Thread fetching;

    /**
     * What is wanted, at one moment.
     *
     * @param assignment   with the desire as it is
     * @param secretsKnown whether it has the bytes of its secrets, and the login of its image's registry
     * @param givenNow     whether a manager has given it to this run of the agent
     * @param letters      counts what was told; for {@link #await}
     */
    record Wanted(Assignment assignment, boolean secretsKnown, boolean givenNow, boolean cutOff, boolean fenced,
            long letters) {
        /** A unique one may be elsewhere, if no manager says that it is not. */
        boolean mayStart() {
            return !fenced && assignment.desire().isAlive()
                    && (!assignment.unique() || givenNow && !cutOff);
        }
    }

    /** @param givenNow whether a manager has just given it, and not the disk */
    TaskMail(Assignment assignment, boolean givenNow, boolean cutOff) {
        this.assignment = assignment;
        this.givenNow = givenNow;
        this.secretsKnown = givenNow || assignment.files().stream().noneMatch(AssignedFile::secret)
                && !RegistryLogin.isLeftOut(assignment.template());
        this.cutOff = cutOff;
    }

    Wanted wanted() {
        lock.lock();
        try {
            return new Wanted(assignment, secretsKnown, givenNow, cutOff, fenced, letters);
        } finally {
            lock.unlock();
        }
    }

    private void tell(Runnable change) {
        lock.lock();
        try {
            change.run();
            letters++;
            news.signalAll();
            boolean inVain = closed || fenced || !assignment.desire().isAlive();
            if (fetching != null && inVain) {
                fetching.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A later desire counts, an earlier one is late news. Secrets and the login of a registry are taken if they
     * were not known.
     */
    void assign(Assignment other) {
        tell(() -> {
            Desire desire = other.desire().compareTo(assignment.desire()) > 0 ? other.desire()
                    : assignment.desire();
            if (!secretsKnown) {
                assignment = assignment.with(other.files()).with(other.template());
                secretsKnown = true;
            }
            assignment = assignment.with(desire);
            givenNow = true;
        });
    }

    void remove() {
        tell(() -> assignment = assignment.with(Desire.REMOVE));
    }

    void cutOff(boolean isCutOff) {
        tell(() -> cutOff = isCutOff);
    }

    void fence() {
        tell(() -> fenced = true);
    }

    void close() {
        tell(() -> closed = true);
    }

    void wake() {
        tell(() -> { });
    }

    /** Waits until something is told after those letters; not at all if it was. */
    void await(long after) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (letters == after && !closed) {
                news.await();
            }
            throwIfClosed();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #await(long)}, no longer than that. */
    void await(long after, long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (letters == after && left > 0 && !closed) {
                left = news.awaitNanos(left);
            }
            throwIfClosed();
        } finally {
            lock.unlock();
        }
    }

    private void throwIfClosed() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("the executor is closed");
        }
    }

    /** What may be given up at once when the task is not wanted any more. */
    @FunctionalInterface
    interface Fetch {
        void run() throws ContainersException, InterruptedException;
    }

    /**
     * Runs it on this thread.
     *
     * @return false if it was given up, since the task is not wanted
     * @throws InterruptedException if the executor is closed
     */
    boolean fetch(Fetch fetch) throws ContainersException, InterruptedException {
        lock.lock();
        try {
            throwIfClosed();
            if (fenced || !assignment.desire().isAlive()) {
                return false;
            }
            fetching = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        boolean ended = false;
        try {
            fetch.run();
            ended = true;
        } catch (InterruptedException givenUp) {
            ended = false;
        } finally {
            lock.lock();
            fetching = null;
            Thread.interrupted();
            lock.unlock();
        }
        lock.lock();
        try {
            throwIfClosed();
        } finally {
            lock.unlock();
        }
        return ended;
    }
}
