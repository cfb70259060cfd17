package clusterd.daemon;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;

/**
 * Has this node's member of the group opened again once it has stopped: a disk that was full may have room by now.
 * Looks each second, and rests longer and longer while it stops again and again.
 */
final class Reopening implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;
    private static final long SHORTEST_REST_MILLIS = 250;
    private static final long LONGEST_REST_MILLIS = 15_000;
    private static final long LONG_UP_MILLIS = 60_000;

    /** The member. */
    interface Part {
        /** Whether it has stopped though nobody wanted it to. */
        boolean hasStopped();

        /** Ends what is left of it, so that nobody takes it for one that takes part. */
        void end();

        /** Opens it from its disk. */
        void open() throws IOException;
    }

    /**
     * How long is rested before it is opened.
     *
     * @param millis the length
     */
    record Rest(long millis) {
        static final Rest FIRST = new Rest(SHORTEST_REST_MILLIS);

        /** @param upMillis for how long the member was up since it was opened */
        Rest next(long upMillis) {
            return upMillis > LONG_UP_MILLIS ? FIRST : new Rest(Math.min(2 * millis, LONGEST_REST_MILLIS));
        }
    }

    private final Part part;
    private final Journal journal;
    private final CountDownLatch closed = new CountDownLatch(1);

    Reopening(Part part, Journal journal) {
        this.part = part;
        this.journal = journal;
    }

    void start() {
        Thread.ofVirtual().name("raft-reopening").start(this::run);
    }

    private void run() {
        try {
            Rest rest = Rest.FIRST;
            long openedNanos = System.nanoTime();
            while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (part.hasStopped()) {
                    rest = rest.next(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedNanos));
                    part.end();
                    if (!closed.await(rest.millis(), TimeUnit.MILLISECONDS)) {
                        open();
                    }
                    openedNanos = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void open() {
        try {
            part.open();
            journal.say("raft: this node's member had stopped; it is opened again");
        } catch (IOException | RuntimeException failed) {
            journal.say("raft: this node's member has stopped and cannot be opened, which is tried again: "
                    + failed.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
