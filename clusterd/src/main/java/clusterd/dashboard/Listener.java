package clusterd.dashboard;

import clusterd.board.ServerSentEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One browser's stream of events. Who reads too slowly is cut off, and comes again by itself for the whole. */
final class Listener {
    private static final int MOST_WAITING = 64;
    private static final int BEAT_SECONDS = 10;
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread writer = Thread.currentThread();
    private volatile boolean ended;

    /** Never blocks. */
    void offer(byte[] event) {
        if (!ended && !waiting.offer(event)) {
            cut();
        }
    }

    /** Waits for room: for what can be slowed down. */
    void put(byte[] event) throws InterruptedException {
        boolean isIn = false;
        while (!ended && !isIn) {
            isIn = waiting.offer(event, 1, TimeUnit.SECONDS);
        }
    }

    /** Ends it, though a write be stuck: that closes the connection. */
    void cut() {
        ended = true;
        writer.interrupt();
    }

    /** Ends it after what waits already. */
    void end() {
        if (!waiting.offer(END)) {
            cut();
        }
    }

    boolean isEnded() {
        return ended;
    }

    /** Writes what is offered until that ends; on the thread that made this. */
    void write(OutputStream out) throws IOException {
        try {
            while (!ended) {
                byte[] event = waiting.poll(BEAT_SECONDS, TimeUnit.SECONDS);
                if (event == END) {
                    return;
                }
                out.write(event == null ? ServerSentEvent.BEAT : event);
                if (waiting.isEmpty()) {
                    out.flush();
                }
            }
        } catch (InterruptedException cut) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }
}
