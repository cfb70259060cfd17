package clusterd.raft;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * How a member takes part.
 *
 * @param clusterId which group: members of another do not talk to this one
 * @param self      this member
 * @param initial   the members a new group begins with, this one among them; empty: it joins a group, whose leader
 *                  adds it. Looked at only while the data folder is empty. A member that has lost its folder comes
 *                  back by joining, after it was taken out: begun anew with its group's first members it would
 *                  vote as if it had never promised or stored anything
 * @param folder    where log and snapshots are; this member's alone
 * @param timing    times
 * @param limits    sizes
 * @param tls       the certificates of the members; empty: no TLS
 */
public record Settings(UUID clusterId, Member self, List<Member> initial, Path folder, Timing timing, Limits limits,
        Optional<Tls> tls) {
    public Settings {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(folder, "folder");
        initial = List.copyOf(initial);
        Set<String> ids = new HashSet<>();
        for (Member member : initial) {
            if (!ids.add(member.id())) {
                throw new IllegalArgumentException("member " + member.id() + " is named twice");
            }
        }
        if (!initial.isEmpty() && !initial.contains(self)) {
            throw new IllegalArgumentException("member " + self + " is not among those its group begins with: "
                    + initial);
        }
        if (!initial.isEmpty() && initial.stream().noneMatch(member -> member.kind() == MemberKind.VOTER)) {
            throw new IllegalArgumentException("a group of witnesses alone keeps no state: " + initial);
        }
    }

    /** A member of a group that begins with these members, all else as usual. */
    public static Settings of(UUID clusterId, Member self, List<Member> initial, Path folder) {
        return new Settings(clusterId, self, initial, folder, Timing.usual(), Limits.usual(), Optional.empty());
    }

    /** A member that joins. */
    public static Settings joining(UUID clusterId, Member self, Path folder) {
        return of(clusterId, self, List.of(), folder);
    }

    /** The same with other times. */
    public Settings with(Timing changed) {
        return new Settings(clusterId, self, initial, folder, changed, limits, tls);
    }

    /** The same with other sizes. */
    public Settings with(Limits changed) {
        return new Settings(clusterId, self, initial, folder, timing, changed, tls);
    }

    /** The same with TLS. */
    public Settings with(Tls certificates) {
        return new Settings(clusterId, self, initial, folder, timing, limits, Optional.of(certificates));
    }

    /**
     * Times.
     *
     * @param electionMinMillis the shortest silence of a leader after which a voter asks for votes; heartbeats
     *                          go out at half of it
     * @param electionMaxMillis the longest
     * @param requestMillis     how long a proposal or a barrier is tried
     * @param handoverMillis    how long a leader that closes looks for one that takes over
     */
    public record Timing(int electionMinMillis, int electionMaxMillis, int requestMillis, int handoverMillis) {
        public Timing {
            if (electionMinMillis < 50 || electionMaxMillis <= electionMinMillis) {
                throw new IllegalArgumentException("elections after " + electionMinMillis + " to "
                        + electionMaxMillis + " ms: at least 50, and the longest above the shortest");
            }
            if (requestMillis < 1 || handoverMillis < 1) {
                throw new IllegalArgumentException("requests are tried for " + requestMillis + " ms, handing over for "
                        + handoverMillis + " ms: neither may be below 1");
            }
        }

        /** Tuned on a host with two processors and three members. */
        public static Timing usual() {
            return new Timing(250, 500, 10_000, 2_000);
        }
    }

    /**
     * Sizes.
     *
     * @param entryBytes           the largest entry
     * @param pendingEntries       how many proposals may be on their way at once
     * @param pendingBytes         how many bytes these may be
     * @param segmentBytes         of a file of the log
     * @param cacheBytes           how much of the log's closed files is kept in memory
     * @param snapshotEveryEntries a snapshot is taken each time the log has grown by this
     * @param witnessLogBytes      how much log a witness keeps for a voter that lags or is down; above that the voter can
     *                             catch up from another voter alone
     */
    public record Limits(int entryBytes, int pendingEntries, int pendingBytes, int segmentBytes, int cacheBytes,
            int snapshotEveryEntries, long witnessLogBytes) {
        private static final int KIB = 1024;
        private static final int MIB = KIB * KIB;
        private static final long GIB = (long) KIB * MIB;
        private static final int MOST_ENTRY_BYTES = 16 * MIB;

        public Limits {
            if (entryBytes < 1 || entryBytes > MOST_ENTRY_BYTES) {
                throw new IllegalArgumentException("entries of " + entryBytes + " bytes: 1 to 16 MiB");
            }
            if (pendingEntries < 1 || pendingBytes < entryBytes) {
                throw new IllegalArgumentException(pendingEntries + " proposals with " + pendingBytes
                        + " bytes at once: not even one entry of " + entryBytes + " bytes");
            }
            if (segmentBytes < entryBytes || cacheBytes < 0 || snapshotEveryEntries < 1 || witnessLogBytes < 0) {
                throw new IllegalArgumentException("segments of " + segmentBytes + " bytes, " + cacheBytes
                        + " bytes of them cached, a snapshot every " + snapshotEveryEntries
                        + " entries, " + witnessLogBytes + " bytes at a witness");
            }
        }

        /** For a member in some tens of megabytes. */
        public static Limits usual() {
            return new Limits(MIB, 1024, 8 * MIB, 4 * MIB, 4 * MIB, 10_000, GIB);
        }

        /** The same with another distance of snapshots. */
        public Limits snapshotEvery(int entries) {
            return new Limits(entryBytes, pendingEntries, pendingBytes, segmentBytes, cacheBytes, entries,
                    witnessLogBytes);
        }

        /** The same with other files. */
        public Limits segments(int bytes) {
            return new Limits(entryBytes, pendingEntries, pendingBytes, bytes, cacheBytes, snapshotEveryEntries,
                    witnessLogBytes);
        }

        /** The same with other bounds of what is on its way. */
        public Limits pending(int entries, int bytes) {
            return new Limits(entryBytes, entries, bytes, segmentBytes, cacheBytes, snapshotEveryEntries,
                    witnessLogBytes);
        }
    }
}
