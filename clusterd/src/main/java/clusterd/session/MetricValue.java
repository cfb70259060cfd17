package clusterd.session;

import clusterd.model.MetricQuery;

/**
 * What came of asking a task.
 *
 * @param query   for this
 * @param value   the answer; 0 if there is a problem
 * @param problem why there is no answer, in a few words; {@code ""} if there is one
 */
public record MetricValue(MetricQuery query, double value, String problem) {
    /** It answered. */
    public static MetricValue of(MetricQuery query, double value) {
        return new MetricValue(query, value, "");
    }

    /** It did not. */
    public static MetricValue none(MetricQuery query, String problem) {
        return new MetricValue(query, 0, problem);
    }

    /** Whether it did, with a number that means something. */
    public boolean isAnswer() {
        return problem.isEmpty() && Double.isFinite(value);
    }
}
