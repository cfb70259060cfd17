package clusterd.measure;

import clusterd.raft.LeadershipListener;
import clusterd.raft.Log;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A log whose proposals are counted and timed, from when they are made to when they are applied. */
public final class MeasuredLog implements Log {
    private final Log log;
    private final Durations commits = new Durations();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder failed = new LongAdder();

    /** Of that one. */
    public MeasuredLog(Log log) {
        this.log = log;
    }

    @Override
    public CompletableFuture<byte[]> propose(byte[] entry) {
        long begun = System.nanoTime();
        inFlight.incrementAndGet();
        return log.propose(entry).whenComplete((answer, failure) -> {
            inFlight.decrementAndGet();
            if (failure == null) {
                commits.add(System.nanoTime() - begun);
            } else {
                failed.increment();
            }
        });
    }

    /** How long those took that were applied. */
    public Durations commits() {
        return commits;
    }

    /** How many wait to be applied. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Of how many nobody knows that they were applied. */
    public long failed() {
        return failed.sum();
    }

    @Override
    public CompletableFuture<Void> barrier() {
        return log.barrier();
    }

    @Override
    public Standing standing() {
        return log.standing();
    }

    @Override
    public void onLeadership(LeadershipListener listener) {
        log.onLeadership(listener);
    }

    @Override
    public CompletableFuture<Void> changeMembers(List<Member> members) {
        return log.changeMembers(members);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(String memberId) {
        return log.transferLeadership(memberId);
    }

    @Override
    public CompletableFuture<Void> snapshot() {
        return log.snapshot();
    }

    @Override
    public void close() {
        log.close();
    }
}
