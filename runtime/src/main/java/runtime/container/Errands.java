package runtime.container;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Threads that work for a daemon in the background: they end with it. */
final class Errands implements AutoCloseable {
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** What one does; an interrupt ends it. */
    interface Errand {
        void run() throws InterruptedException;
    }

    /** Begins one, unless the daemon ends. */
    void begin(String name, Errand errand) {
        Thread thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                errand.run();
            } catch (InterruptedException ending) {
                Thread.currentThread().interrupt();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
        if (closed) {
            thread.interrupt();
        }
    }

    /** Whether none should begin anything new. */
    boolean isClosed() {
        return closed;
    }

    /** Interrupts all; returns before they have ended. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
