package clusterd.raft;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A replicated, ordered log of entries, and the machine of this member that applies them. Safe for use by
 * several threads; no method blocks but {@link #close}. What the futures end with when they fail is a
 * {@link LogException}.
 */
public interface Log extends AutoCloseable {
    /**
     * Adds an entry. Works at any member: it finds the leader, and tries again while leaders change, within a
     * time-out of the settings; an entry is applied once, however often it was sent.
     *
     * @return what the leader's machine answered, once a majority has the entry on disk and it is applied there
     */
    CompletableFuture<byte[]> propose(byte[] entry);

    /**
     * Waits until the machine of this member has applied everything that was acknowledged to anyone before
     * this call; what is then read from it is as new as if it were read at the leader.
     */
    CompletableFuture<Void> barrier();

    /** How this member stands. */
    Standing standing();

    /** Tells a listener of leadership from now on, at once if this member leads already. */
    void onLeadership(LeadershipListener listener);

    /**
     * Makes the group consist of these members; those that are new must run already, having joined. They come
     * one after the other, each when it has caught up; those that go, go at last, together.
     *
     * @param members all that shall be, those that stay included; a member's kind never changes
     */
    CompletableFuture<Void> changeMembers(List<Member> members);

    /**
     * Gives leadership to a voter.
     *
     * @param memberId to whom; null: to whichever voter has most of the log
     */
    CompletableFuture<Void> transferLeadership(String memberId);

    /** Writes a snapshot of this member's state now; done when it is on disk. */
    CompletableFuture<Void> snapshot();

    /** Stops cleanly: gives leadership away first, if it has it and somebody takes it within the time set for that. */
    @Override
    void close();
}
