package clusterd.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Barriers by marks in the log. Ratis' own read index is cheaper, but once it was confirmed for an index it is not
 * confirmed again, so that a leader that was replaced without knowing may answer with an old state. Barriers that
 * come while one is on its way share the next, as each must begin after it was asked for.
 */
final class Barriers {
    private final Supplier<CompletableFuture<Long>> mark;
    private final Applied applied;
    private final Executor answers;
    private CompletableFuture<Void> running;
    private CompletableFuture<Void> next;

    /**
     * Of a member.
     *
     * @param mark    adds a mark to the log and gives its index
     * @param applied how far the member is
     * @param answers where answers are given
     */
    Barriers(Supplier<CompletableFuture<Long>> mark, Applied applied, Executor answers) {
        this.mark = mark;
        this.applied = applied;
        this.answers = answers;
    }

    CompletableFuture<Void> barrier() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (running != null) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next.thenApplyAsync(done -> done, answers);
            }
            running = new CompletableFuture<>();
            mine = running;
        }
        run(mine);
        return mine.thenApplyAsync(done -> done, answers);
    }

    private void run(CompletableFuture<Void> barrier) {
        mark.get().thenCompose(applied::reached).whenComplete((done, failure) -> {
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
                answers.execute(() -> run(following));
            }
        });
    }
}
