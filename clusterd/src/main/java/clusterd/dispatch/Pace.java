package clusterd.dispatch;

/**
 * How often nodes beat, and when one that does not is down.
 *
 * @param beatMillis   between beats
 * @param leaseMillis  after which a node ends its unique tasks, counted from when it sent the last beat that was
 *                     heard
 * @param marginMillis by which the manager waits longer, counted from when it heard that beat: the node's clock
 *                     may be slower, and killing takes a moment
 */
public record Pace(long beatMillis, long leaseMillis, long marginMillis) {
    private static final long SHORTEST_BEAT_MILLIS = 400;
    private static final long LONGEST_BEAT_MILLIS = 5_000;
    private static final int NODES_PER_MILLI = 4;
    private static final int BEATS = 5;

    /** Sub-second for some thousand nodes, so that all of them together beat at most four thousand times a second. */
    public static Pace forNodes(int nodes) {
        long beat = Math.clamp(nodes / NODES_PER_MILLI, SHORTEST_BEAT_MILLIS, LONGEST_BEAT_MILLIS);
        return new Pace(beat, beat * BEATS, beat);
    }

    /** When the manager gives a silent node up. */
    long downMillis() {
        return leaseMillis + marginMillis;
    }
}
