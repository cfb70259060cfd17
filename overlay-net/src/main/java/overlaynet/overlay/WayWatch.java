package overlaynet.overlay;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import overlaynet.trace.Checkup;
import overlaynet.trace.Hop;
import overlaynet.trace.NodeEvidence;

/**
 * Tries each way to another node soon after it has come, and again from time to time, and tells of those that do not hold: a port that
 * a firewall keeps closed, packets that are too large, checksums that a network card gets wrong. Of a node that does not answer at all it
 * says nothing, since its managers know. Safe for use by several threads; the trials are made by a thread of its own.
 */
final class WayWatch implements AutoCloseable {
    /** The other node has to make its part, too. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** What failed once may have been on its way. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FAILING_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long HOLDING_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** A node that does not answer is not asked about each network. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final WayTrial trial;
    private final Consumer<String> journal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Way, Standing> ways = new HashMap<>();
    private final Map<InetAddress, Long> silentUntilNanos = new HashMap<>();
    private Thread thread;
    private boolean closed;

    /**
     * What is known of a way.
     *
     * @param dueNanos when it is tried next
     * @param failures in a row
     * @param trouble  that was told of; {@code ""} = none
     */
    private record Standing(long dueNanos, int failures, String trouble) {
    }

    /** @param journal told of ways that hold no more, and of those that do again */
    WayWatch(WayTrial trial, Consumer<String> journal) {
        this.trial = trial;
        this.journal = journal;
    }

    /** Those there are from now on; the trials belong to the calling thread's network namespace. */
    void follow(Collection<Way> all) {
        follow(all, System.nanoTime());
        lock.lock();
        try {
            if (thread == null && !ways.isEmpty() && !closed) {
                thread = Thread.ofPlatform().daemon().name("ways").start(this::run); // which inherits the namespace
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void follow(Collection<Way> all, long nowNanos) {
        lock.lock();
        try {
            Set<Way> wanted = new HashSet<>(all);
            ways.keySet().retainAll(wanted);
            silentUntilNanos.values().removeIf(until -> until - nowNanos <= 0); // also of nodes that are gone for good
            wanted.forEach(each -> ways.putIfAbsent(each, new Standing(nowNanos + FIRST_NANOS, 0, "")));
        } finally {
            lock.unlock();
        }
    }

    /** What does not hold, a sentence each, in an order that stays. */
    List<String> troubles() {
        lock.lock();
        try {
            return ways.values().stream().map(Standing::trouble).filter(each -> !each.isEmpty()).sorted().toList();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                lock.lockInterruptibly();
                try {
                    Optional<Long> due = nextNanos();
                    if (closed) {
                        return;
                    }
                    if (due.isEmpty()) {
                        changed.await();
                        continue;
                    }
                    long left = due.get() - System.nanoTime();
                    if (left > 0) {
                        changed.awaitNanos(left);
                        continue;
                    }
                } finally {
                    lock.unlock();
                }
                step(System.nanoTime());
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Long> nextNanos() {
        return ways.values().stream().map(Standing::dueNanos).min(Comparator.comparingLong(each -> each));
    }

    /** Tries the way that is due for longest, if one is. */
    void step(long nowNanos) {
        Way way;
        lock.lock();
        try {
            Optional<Map.Entry<Way, Standing>> due = ways.entrySet().stream()
                    .filter(each -> each.getValue().dueNanos() - nowNanos <= 0)
                    .min(Comparator.comparingLong(each -> each.getValue().dueNanos()));
            if (due.isEmpty()) {
                return;
            }
            way = due.get().getKey();
            Long silent = silentUntilNanos.get(way.underlay());
            if (silent != null && silent - nowNanos > 0) {
                note(way, nowNanos, Optional.empty());
                return;
            }
        } finally {
            lock.unlock();
        }
        Optional<Hop> found;
        try {
            found = look(way, nowNanos);
        } catch (IOException | RuntimeException untried) {
            found = Optional.of(Hop.fails(Checkup.nameOf(way.kind(), way.network(), way.node()), "cannot be tried: "
                    + untried.getMessage(), "see `jctl net doctor " + way.network() + "`"));
        }
        lock.lock();
        try {
            note(way, nowNanos, found);
        } finally {
            lock.unlock();
        }
    }

    /** Empty if nothing can be said, since the node itself does not answer. */
    private Optional<Hop> look(Way way, long nowNanos) throws IOException {
        NodeEvidence.Tunnel tunnel = trial.tunnel(way.node(), way.bridge(), way.mtuBytes());
        boolean silent = !tunnel.answers() && !trial.answers(way.underlay());
        lock.lock();
        try {
            if (silent) {
                silentUntilNanos.put(way.underlay(), nowNanos + SILENT_NANOS);
                return Optional.empty();
            }
            silentUntilNanos.remove(way.underlay());
        } finally {
            lock.unlock();
        }
        return Optional.of(Checkup.way(way.network(), way.kind(), way.mtuBytes(), way.aroundBytes(), tunnel));
    }

    private void note(Way way, long nowNanos, Optional<Hop> found) {
        Standing before = ways.get(way);
        if (before == null) {
            return; // gone meanwhile
        }
        boolean holds = found.isEmpty() || found.get().state() == Hop.State.HOLDS;
        int failures = holds ? 0 : before.failures() + 1;
        String trouble = holds ? "" : failures > 1 ? found.get().name() + ": " + found.get().what() + ": " + found.get().mend()
                : before.trouble();
        if (!trouble.isEmpty() && !trouble.equals(before.trouble())) {
            journal.accept(trouble);
        } else if (trouble.isEmpty() && !before.trouble().isEmpty()) {
            found.ifPresent(hop -> journal.accept(hop.name() + ": " + hop.what() + " again"));
        }
        long wait = found.isEmpty() ? SILENT_NANOS : holds ? HOLDING_NANOS : failures == 1 ? AGAIN_NANOS : FAILING_NANOS;
        ways.put(way, new Standing(nowNanos + wait, failures, trouble));
    }

    @Override
    public void close() {
        Thread ends;
        lock.lock();
        try {
            closed = true;
            ends = thread;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (ends != null) {
            ends.interrupt();
            try {
                ends.join();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
