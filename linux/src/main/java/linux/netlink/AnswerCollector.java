package linux.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers what the kernel answers to one request, and knows whether that is all of it. */
public final class AnswerCollector {
    private final int sequence;
    private final boolean firstOnly;
    private final List<byte[]> payloads = new ArrayList<>();
    private boolean whole = true;
    private boolean ended;
    private Optional<Reply.Failed> failure = Optional.empty();

    /**
     * @param sequence  of the request
     * @param firstOnly whether its first object is all that is wanted
     */
    public AnswerCollector(int sequence, boolean firstOnly) {
        this.sequence = sequence;
        this.firstOnly = firstOnly;
    }

    /**
     * Takes what was received at once; answers to other requests are left out.
     *
     * @return whether the answer has ended
     */
    public boolean take(List<Reply> replies) {
        for (Reply reply : replies) {
            if (ended || reply.sequence() != sequence) {
                continue; // the rest of an answer nobody waits for any more
            }
            switch (reply) {
                case Reply.Acknowledged _ -> ended = true;
                case Reply.Failed failed -> {
                    failure = Optional.of(failed);
                    ended = true;
                }
                case Reply.Data data -> {
                    payloads.add(data.payload());
                    whole &= !data.interrupted();
                    ended = firstOnly;
                }
                case Reply.Done done -> {
                    whole &= !done.interrupted();
                    ended = true;
                }
                case Reply.Overrun _ -> whole = false;
            }
        }
        return ended;
    }

    /** A part of it did not arrive: there was no room for it. */
    public void lose() {
        whole = false;
    }

    /** Whether nothing of it was lost, and the set it tells of stayed the same meanwhile. */
    public boolean isWhole() {
        return whole;
    }

    /** The objects, in the kernel's order. */
    public List<byte[]> payloads() {
        return List.copyOf(payloads);
    }

    /** Why the kernel refuses; empty if it does not. */
    public Optional<Reply.Failed> failure() {
        return failure;
    }
}
