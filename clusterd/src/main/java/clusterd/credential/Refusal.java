package clusterd.credential;

/** Why somebody gets no certificate, or may not call; for programs. Beside it there is a sentence. */
public enum Refusal {
    /** A token that is not written as one. */
    TOKEN_MALFORMED,
    /** A token of another cluster, or of a root that is no more. */
    TOKEN_OF_ANOTHER_CLUSTER,
    /** A token nobody made. */
    TOKEN_UNKNOWN,
    /** A token that is past its time. */
    TOKEN_EXPIRED,
    /** A token that has let in all it may. */
    TOKEN_USED_UP,
    /** A token that was taken back. */
    TOKEN_REVOKED,
    /** A certificate request that cannot be read, is signed wrongly, or has the wrong kind of key. */
    BAD_REQUEST,
    /** A name that another node has. */
    NAME_TAKEN,
    /** A node or certificate that was shut out. */
    PEER_REVOKED,
    /** The authority's key is locked. */
    LOCKED
}
