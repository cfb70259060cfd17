package runtime.observe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import runtime.cgroup.Usage;
import runtime.container.ContainerRecord;
import runtime.container.Journal;

/**
 * Reads the counters of running containers once a second while somebody watches, once for all who do.
 * Nothing is kept for a watcher but the newest reading: a slow one misses some and holds up nobody.
 */
public final class Sampler implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * One reading.
     *
     * @param number  counts readings; 1 is the first
     * @param atNanos {@link System#nanoTime()} of it
     * @param usages  by container id; a container that does not run has none
     */
    public record Tick(long number, long atNanos, Map<String, Usage> usages) {}

    /** The counters of one container, ready to be read; nothing is read of them once they are closed. */
    interface Counters extends AutoCloseable {
        /** The counters now. */
        Usage read(ReadBuffer buffer);

        @Override
        void close();
    }

    /** How the counters of a running container are reached. */
    interface Opener {
        Counters open(ContainerRecord running) throws IOException;
    }

    private record Key(String id, int pid) {}

    private final Supplier<List<ContainerRecord>> containers;
    private final Opener opener;
    private final Journal journal;
    private final long periodNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ticked = lock.newCondition();
    private final List<Watch> watches = new ArrayList<>();
    private final Map<Key, Counters> open = new ConcurrentHashMap<>();
    private Tick newest = new Tick(0, 0, Map.of());
    private Thread thread;
    private boolean closed;

    /** The ones whose processes run are asked for anew at each reading. */
    public Sampler(Supplier<List<ContainerRecord>> containers, CounterSource source,
            Journal journal) {
        this(containers, source::open, journal, PERIOD_NANOS);
    }

    Sampler(Supplier<List<ContainerRecord>> containers, Opener opener, Journal journal,
            long periodNanos) {
        this.containers = containers;
        this.opener = opener;
        this.journal = journal;
        this.periodNanos = periodNanos;
    }

    /** Begins to watch containers of these ids; all there are and will be if none are named. */
    public Watch watch(Set<String> ids) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the daemon is ending");
            }
            Watch watch = new Watch(Set.copyOf(ids));
            watches.add(watch);
            if (thread == null) {
                thread = Thread.ofVirtual().name("sampler").start(this::run);
            }
            return watch;
        } finally {
            lock.unlock();
        }
    }

    /** Someone's wish to see readings. */
    public final class Watch implements AutoCloseable {
        private final Set<String> ids;
        private final long since;

        private Watch(Set<String> ids) {
            this.ids = ids;
            this.since = newest.number;
        }

        /** Waits for a reading made since the watch began that is newer than the given one. */
        public Tick next(long seen) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (newest.number <= Math.max(seen, since) && !closed) {
                    ticked.await();
                }
                if (closed) {
                    throw new InterruptedException("the daemon is ending");
                }
                return newest;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watches.remove(this);
                ticked.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void run() {
        ReadBuffer buffer = new ReadBuffer();
        try {
            long due = System.nanoTime();
            boolean told = false;
            while (awaitDue(due)) {
                Set<String> wanted = wanted();
                Map<String, Usage> usages = new HashMap<>();
                told |= read(wanted, buffer, usages, told);
                publish(usages);
                long now = System.nanoTime();
                // After a pause, as of a suspended host, readings are not made up for.
                due = now - due > periodNanos ? now + periodNanos : due + periodNanos;
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            closeUnless(Set.of());
        }
    }

    /** Waits until a reading is due; false once nobody watches, and then the thread must end. */
    private boolean awaitDue(long due) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (watches.isEmpty() || closed) {
                    thread = null;
                    return false;
                }
                long left = due - System.nanoTime();
                if (left <= 0) {
                    return true;
                }
                ticked.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The ids somebody wants; empty for all. */
    private Set<String> wanted() {
        lock.lock();
        try {
            Set<String> ids = new HashSet<>();
            for (Watch watch : watches) {
                if (watch.ids.isEmpty()) {
                    return Set.of();
                }
                ids.addAll(watch.ids);
            }
            return ids;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether a container could not be read and the operator was told so. */
    private boolean read(Set<String> wanted, ReadBuffer buffer,
            Map<String, Usage> usages, boolean told) {
        boolean failed = false;
        Set<Key> alive = new HashSet<>();
        for (ContainerRecord record : containers.get()) {
            if (!record.state().isAlive()
                    || !wanted.isEmpty() && !wanted.contains(record.id())) {
                continue;
            }
            Key key = new Key(record.id(), record.run().orElseThrow().pid());
            alive.add(key);
            Counters counters = open.get(key);
            if (counters == null) {
                try {
                    counters = opener.open(record);
                    open.put(key, counters);
                } catch (IOException | IllegalArgumentException failure) {
                    if (!told && !failed) {
                        journal.say("the counters of container " + record.shortId()
                                + " cannot be read: " + failure.getMessage());
                    }
                    failed = true;
                    continue;
                }
            }
            usages.put(record.id(), counters.read(buffer));
        }
        closeUnless(alive);
        return failed;
    }

    private void closeUnless(Set<Key> alive) {
        for (Key key : open.keySet()) {
            if (!alive.contains(key)) {
                close(key);
            }
        }
    }

    private void close(Key key) {
        Counters counters = open.remove(key);
        if (counters != null) {
            counters.close();
        }
    }

    /**
     * A container has ended: what is open of it is closed before this returns, since it keeps the
     * container's network namespace alive.
     */
    public void ended(String id) {
        for (Key key : open.keySet()) {
            if (key.id.equals(id)) {
                close(key);
            }
        }
    }

    private void publish(Map<String, Usage> usages) {
        lock.lock();
        try {
            newest = new Tick(newest.number + 1, System.nanoTime(), usages);
            ticked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends every watch. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ticked.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
