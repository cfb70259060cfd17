package clusterd.compose;

/** What becomes of a key of the Compose specification. */
public enum Standing {
    /** It does what the specification says. */
    SUPPORTED,
    /** It has no effect, which is told. */
    WARNED,
    /** It is an error: without it the service would be another one than its author wants. */
    REFUSED
}
