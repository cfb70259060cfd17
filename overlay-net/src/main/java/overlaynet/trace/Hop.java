package overlaynet.trace;

/**
 * A hop of a packet's way, or something else that networks need.
 *
 * @param name  one word, such as {@code tunnel}
 * @param state whether it is as it should be
 * @param what  was found, for a person
 * @param mend  what to do about it; {@code ""} if there is nothing to do
 */
public record Hop(String name, State state, String what, String mend) {
    /** Whether a hop is as it should be. */
    public enum State {
        /** It is. */
        HOLDS,
        /** Packets do not get past it. */
        FAILS,
        /** It was not looked at, since what lies before it does not hold. */
        UNKNOWN,
        /** Packets get past it, and it may do harm. */
        WARNS
    }

    /** One that is as it should be. */
    public static Hop holds(String name, String what) {
        return new Hop(name, State.HOLDS, what, "");
    }

    /** One that packets do not get past. */
    public static Hop fails(String name, String what, String mend) {
        return new Hop(name, State.FAILS, what, mend);
    }

    /** One that may do harm. */
    public static Hop warns(String name, String what, String mend) {
        return new Hop(name, State.WARNS, what, mend);
    }

    /** One that was not looked at. */
    public static Hop unknown(String name, String what) {
        return new Hop(name, State.UNKNOWN, what, "");
    }
}
