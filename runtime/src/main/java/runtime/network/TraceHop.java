package runtime.network;

/**
 * A hop of a packet's way between containers, or something else that networks need.
 *
 * @param name  one or a few words
 * @param state whether it is as it should be
 * @param what  was found
 * @param mend  what to do about it; {@code ""} if there is nothing to do
 */
public record TraceHop(String name, State state, String what, String mend) {
    /** Whether a hop is as it should be. */
    public enum State {
        HOLDS, FAILS,
        /** It was not looked at, since what lies before it does not hold. */
        UNKNOWN,
        /** Packets get past it, and it may do harm. */
        WARNS
    }
}
