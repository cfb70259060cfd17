package clusterd.model;

/** What a node does for the cluster besides running tasks. */
public enum Role {
    /** Nothing. */
    WORKER,
    /** It keeps the state, and leads if it is elected. */
    MANAGER,
    /** It votes, and keeps nothing to speak of. */
    WITNESS
}
