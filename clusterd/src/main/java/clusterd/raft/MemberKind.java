package clusterd.raft;

/** What a member of the group is there for. */
public enum MemberKind {
    /** Votes, keeps the log and the state, may lead. */
    VOTER,
    /**
     * Votes and keeps the end of the log, but no state: it makes two boxes a fault-tolerant site. It hands
     * leadership on as soon as a voter has caught up, and refuses proposals until then.
     */
    WITNESS
}
