package clusterd.raft;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * One request, sent to whoever leads until it is answered, refused for good, or out of time. Sending it twice
 * does no harm: it carries the same number each time.
 */
final class Pursuit {
    private static final int PAUSE_MILLIS = 10;

    /** Sends the request to a member once. */
    @FunctionalInterface
    interface Sending {
        CompletableFuture<RaftClientReply> send(RaftPeerId to) throws IOException;
    }

    /** What comes of a failure. */
    @FunctionalInterface
    interface Verdict {
        /** The refusal that it means; empty: it is worth trying again. */
        Optional<LogException> of(Throwable failure);
    }

    private final String what;
    private final int limitMillis;
    private final Supplier<RaftPeerId> leader;
    private final Sending sending;
    private final Verdict verdict;
    private final ScheduledExecutorService clock;
    private final CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
    private ScheduledFuture<?> limit;
    private int attempts;
    private RaftPeerId asked;
    private Throwable lastFailure;
    private boolean maybeSent;

    /**
     * @param what   how an error names it
     * @param leader where to send it; null if nobody is known to lead
     */
    Pursuit(String what, int limitMillis, Supplier<RaftPeerId> leader, Sending sending, Verdict verdict,
            ScheduledExecutorService clock) {
        this.what = what;
        this.limitMillis = limitMillis;
        this.leader = leader;
        this.sending = sending;
        this.verdict = verdict;
        this.clock = clock;
    }

    CompletableFuture<RaftClientReply> result() {
        return result;
    }

    void start() {
        synchronized (this) {
            limit = clock.schedule(this::outOfTime, limitMillis, TimeUnit.MILLISECONDS);
        }
        result.whenComplete((reply, failure) -> limit.cancel(false));
        attempt();
    }

    private void attempt() {
        if (result.isDone()) {
            return;
        }
        RaftPeerId to = leader.get();
        int number;
        synchronized (this) {
            asked = to;
            number = ++attempts;
            maybeSent |= to != null;
        }
        if (to == null) {
            later(number);
            return;
        }
        CompletableFuture<RaftClientReply> sent;
        try {
            sent = sending.send(to);
        } catch (IOException | RuntimeException e) {
            sent = CompletableFuture.failedFuture(e);
        }
        sent.whenComplete((reply, failure) -> answered(number, reply, failure));
    }

    private void answered(int number, RaftClientReply reply, Throwable failure) {
        if (failure == null && reply.isSuccess()) {
            result.complete(reply);
            return;
        }
        Throwable cause = failure == null ? reply.getException() : unwrap(failure);
        Optional<LogException> refusal = verdict.of(cause);
        if (refusal.isPresent()) {
            result.completeExceptionally(refusal.get());
            return;
        }
        synchronized (this) {
            lastFailure = cause;
        }
        later(number);
    }

    private void later(int number) {
        synchronized (this) {
            if (number != attempts || result.isDone() || clock.isShutdown()) {
                return;
            }
            clock.schedule(() -> Thread.ofVirtual().start(() -> again(number)), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void again(int number) {
        synchronized (this) {
            if (number != attempts) {
                return;
            }
        }
        attempt();
    }

    /** Somebody leads now: whoever was asked before may never answer. */
    void leaderChanged() {
        RaftPeerId now = leader.get();
        synchronized (this) {
            if (now == null || Objects.equals(now, asked)) {
                return;
            }
        }
        attempt();
    }

    void fail(LogException failure) {
        result.completeExceptionally(failure);
    }

    synchronized boolean maybeSent() {
        return maybeSent;
    }

    private void outOfTime() {
        LogException failure;
        synchronized (this) {
            RaftPeerId now = leader.get();
            failure = now == null
                    ? new LogException(LogException.Kind.NO_LEADER, what + " was not done: no member led within "
                            + limitMillis + " ms, as this one knows; are a majority of the members up and reachable?",
                            maybeSent, lastFailure)
                    : new LogException(LogException.Kind.NO_MAJORITY, what + " was not confirmed within " + limitMillis
                            + " ms, though member " + now + " leads; it may be done all the same", maybeSent,
                            lastFailure);
        }
        result.completeExceptionally(failure);
    }

    static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
