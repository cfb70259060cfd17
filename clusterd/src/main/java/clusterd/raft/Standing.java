package clusterd.raft;

import java.util.List;
import java.util.Optional;

/**
 * How this member stands; a glance, old as soon as it is read.
 *
 * @param memberId       this member
 * @param role           what it does
 * @param term           the newest term it knows
 * @param leaderId       who leads, if it knows
 * @param committedIndex up to where a majority has the log, as far as it knows; -1: nothing
 * @param appliedIndex   up to where its machine has applied; -1: nothing
 * @param peers          all members, itself included, by id
 */
public record Standing(String memberId, Role role, long term, Optional<String> leaderId, long committedIndex,
        long appliedIndex, List<Peer> peers) {
    public Standing {
        peers = List.copyOf(peers);
    }

    /**
     * One member as this one sees it.
     *
     * @param member        who
     * @param behindEntries how many committed entries it was behind when it was last heard of; 0 at itself
     * @param silentMillis  since when it has not answered, known at the leader alone; -1: not known
     */
    public record Peer(Member member, long behindEntries, long silentMillis) {}
}
