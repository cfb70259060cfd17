package clusterd.raft;

/** What a member does just now. */
public enum Role {
    /** Orders the entries. */
    LEADER,
    /** Follows a leader, or waits for one. */
    FOLLOWER,
    /** Asks for votes. */
    CANDIDATE,
    /** Votes and keeps no state, whether it happens to lead or not. */
    WITNESS,
    /** Takes part no more: closed, removed from the group, or stopped by an error that the journal names. */
    STOPPED
}
