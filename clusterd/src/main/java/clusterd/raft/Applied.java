package clusterd.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** How far the machine has applied, and who waits for that. */
final class Applied {
    private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
    private long index = -1;
    private LogException end;

    /** Done once the machine has applied the entry with this index. */
    synchronized CompletableFuture<Void> reached(long wanted) {
        if (wanted <= index) {
            return CompletableFuture.completedFuture(null);
        }
        if (end != null) {
            return CompletableFuture.failedFuture(end);
        }
        return waiting.computeIfAbsent(wanted, key -> new CompletableFuture<>());
    }

    void advance(long applied) {
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            index = applied;
            if (waiting.isEmpty() || waiting.firstKey() > applied) {
                return;
            }
            var reached = waiting.headMap(applied, true);
            done = new ArrayList<>(reached.values());
            reached.clear();
        }
        done.forEach(future -> future.complete(null));
    }

    /** Nothing more will be applied. */
    void end(LogException why) {
        List<CompletableFuture<Void>> failed;
        synchronized (this) {
            end = why;
            failed = new ArrayList<>(waiting.values());
            waiting.clear();
        }
        failed.forEach(future -> future.completeExceptionally(why));
    }
}
