package clusterd.model;

/**
 * How fast a number of tasks may change. The larger of both counts.
 *
 * @param percent      of the tasks there were when the period began
 * @param tasks        as a number
 * @param periodMillis 1 or more
 */
public record ScaleStep(int percent, int tasks, long periodMillis) {
    private static final int WHOLE = 100;

    /** The most there may be, if there were so many when the period began. */
    public int above(int start) {
        long more = Math.max(((long) start * percent + WHOLE - 1) / WHOLE, tasks);
        return (int) Math.min(Integer.MAX_VALUE, start + more);
    }

    /** The fewest there may be, if there were so many when the period began. */
    public int below(int start) {
        long fewer = Math.max((long) start * percent / WHOLE, tasks);
        return (int) Math.max(0, start - fewer);
    }
}
