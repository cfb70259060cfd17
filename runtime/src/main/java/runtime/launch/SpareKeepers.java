package runtime.launch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import linux.syscall.SystemCallException;

/**
 * A few keepers spawned ahead of need: making a process takes longer than most of what a start does in
 * it. A thread of its own replaces those taken, when the start they were taken for is over and no
 * longer wants the processor.
 */
final class SpareKeepers implements AutoCloseable {
    private static final int TARGET = 2;
    private static final long MOMENT_MILLIS = 8;

    private final KeeperSpawner spawner;
    private final Deque<SpareKeeper> spares = new ArrayDeque<>();
    private final Thread thread;
    private boolean closed;

    SpareKeepers(KeeperSpawner spawner) {
        this.spawner = spawner;
        this.thread = Thread.ofPlatform().name("spare keepers").daemon().start(this::refill);
    }

    /** One that waits; spawned now if there is none. */
    SpareKeeper take() throws SystemCallException {
        for (SpareKeeper spare = poll(); spare != null; spare = poll()) {
            if (spare.isAlive()) {
                return spare;
            }
            spare.discard();
        }
        return spawner.spawn();
    }

    private synchronized SpareKeeper poll() {
        return spares.poll();
    }

    /** Those taken are replaced from now on. */
    synchronized void replace() {
        notifyAll();
    }

    private void refill() {
        try {
            while (awaitNeed()) {
                TimeUnit.MILLISECONDS.sleep(MOMENT_MILLIS);
                try {
                    keep(spawner.spawn());
                } catch (SystemCallException | IllegalStateException full) {
                    // No process can be made now. A start that needs one will say so; wait for the next.
                    awaitTaking();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitTaking() throws InterruptedException {
        if (!closed) {
            wait();
        }
    }

    private synchronized boolean awaitNeed() throws InterruptedException {
        while (!closed && spares.size() >= TARGET) {
            wait();
        }
        return !closed;
    }

    private synchronized void keep(SpareKeeper spare) {
        if (closed) {
            spare.discard();
        } else {
            spares.add(spare);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        thread.interrupt();
        spares.forEach(SpareKeeper::discard);
        spares.clear();
    }
}
