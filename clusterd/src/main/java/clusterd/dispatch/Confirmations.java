package clusterd.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Answers that only a leader may give, held back until it is known that this manager led after they were asked for: one
 * that was replaced without knowing would give a node a lease that its successor counts nothing of. What comes while one
 * look is under way shares the next. Used by one thread.
 */
final class Confirmations {
    /** A look may wait long for others: then the next is begun beside it. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Supplier<CompletableFuture<Void>> leads;
    private final Consumer<Runnable> later;
    private List<Runnable> waiting = new ArrayList<>();
    private long begunNanos;
    private int underWay;

    /**
     * @param leads fails unless this manager leads, and did ever since it was asked
     * @param later runs what it is given on the thread that uses this
     */
    Confirmations(Supplier<CompletableFuture<Void>> leads, Consumer<Runnable> later) {
        this.leads = leads;
        this.later = later;
    }

    /** Gives the answer once that is known; never, if it is not so. */
    void answer(Runnable answer) {
        waiting.add(answer);
        begin();
    }

    private void begin() {
        long now = System.nanoTime();
        if (waiting.isEmpty() || underWay > 0 && now - begunNanos < PATIENCE_NANOS) {
            return;
        }
        List<Runnable> answers = waiting;
        waiting = new ArrayList<>();
        begunNanos = now;
        underWay++;
        leads.get().whenComplete((done, failure) -> later.accept(() -> {
            underWay--;
            if (failure == null) {
                answers.forEach(Runnable::run);
            }
            begin();
        }));
    }
}
