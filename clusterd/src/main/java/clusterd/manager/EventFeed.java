package clusterd.manager;

import clusterd.event.ClusterEvents;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import runtime.event.Event;
import runtime.event.EventSink;

/**
 * Tells what happens in the cluster, from when this manager has caught up: what a start applies again happened long
 * ago. It never holds up who applies: if it falls behind, it tells how many steps it left out.
 */
public final class EventFeed implements AutoCloseable {
    private static final int STEPS = 4096;
    private static final long AGAIN_MILLIS = 1000;

    private final ClusterAccess access;
    private final EventSink sink;
    private final BlockingQueue<ClusterState.Applied> steps = new ArrayBlockingQueue<>(STEPS);
    private final AtomicLong left = new AtomicLong();
    private final Consumer<ClusterState.Applied> listener = this::note;
    private final Thread thread;

    /** From what is applied here, to there. */
    public EventFeed(ClusterAccess access, EventSink sink) {
        this.access = access;
        this.sink = sink;
        this.thread = Thread.ofVirtual().name("events").start(this::run);
    }

    private void note(ClusterState.Applied applied) {
        if (!applied.changes().isEmpty() && !steps.offer(applied)) {
            left.incrementAndGet();
        }
    }

    private void run() {
        try {
            catchUp();
            access.attach(listener);
            while (true) {
                ClusterState.Applied applied = steps.take();
                for (Change each : applied.changes()) {
                    ClusterEvents.of(each, applied.state()).ifPresent(event ->
                            sink.tell(event.type(), event.action(), event.id(), event.attributes()));
                }
                long lost = left.getAndSet(0);
                if (lost > 0) {
                    sink.tell(Event.Type.CLUSTER, "events_lost", "", Map.of("steps", Long.toString(lost)));
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            access.detach(listener);
        }
    }

    /** As long as no majority is in reach there is nothing to tell. */
    private void catchUp() throws InterruptedException {
        while (true) {
            try {
                access.read();
                return;
            } catch (IOException later) {
                Thread.sleep(AGAIN_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
