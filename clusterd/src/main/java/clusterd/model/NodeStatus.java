package clusterd.model;

/**
 * Whether a node is there.
 *
 * @param state       of its session
 * @param sinceMillis since 1970
 * @param message     why, for a person
 * @param address     it was last seen at
 */
public record NodeStatus(State state, long sinceMillis, String message, String address) {
    /** Whether a node is there. */
    public enum State {
        /** Known, and never seen. */
        UNKNOWN,
        /** It beats. */
        READY,
        /** It has not been heard of for longer than its lease. */
        DOWN,
        /** It said that it ends. */
        DISCONNECTED
    }
}
