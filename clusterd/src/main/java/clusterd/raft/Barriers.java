package clusterd.raft;

import java.util.concurrent.CompletableFuture;

/**
 * Barriers by marks in the log. Ratis' own read index is cheaper, but once it was confirmed for an index it is not
 * confirmed again, so that a leader that was replaced without knowing may answer with an old state. Barriers that
 * come while one is on its way share the next, as each must begin after it was asked for.
 */
final class Barriers {
    private final Requests requests;
    private final Applied applied;
    private CompletableFuture<Void> running;
    private CompletableFuture<Void> next;

    Barriers(Requests requests, Applied applied) {
        this.requests = requests;
        this.applied = applied;
    }

    CompletableFuture<Void> barrier() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (running != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next.thenApplyAsync(done -> done, requests.answers());
            }
            running = new CompletableFuture<>();
            mine = running;
        }
        run(mine);
        return mine.thenApplyAsync(done -> done, requests.answers());
    }

    private void run(CompletableFuture<Void> barrier) {
        requests.mark().thenCompose(applied::reached).whenComplete((done, failure) -> {
            CompletableFuture<Void> following;
            synchronized (this) {
                running = next;
                next = null;
                following = running;
            }
            if (failure == null) {
                barrier.complete(null);
            } else {
                barrier.completeExceptionally(Pursuit.unwrap(failure));
            }
            if (following != null) {
                Thread.ofVirtual().name("raft-barrier").start(() -> run(following));
            }
        });
    }
}
