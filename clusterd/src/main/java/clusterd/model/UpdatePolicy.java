package clusterd.model;

/**
 * How tasks of an old spec make way for those of the new one.
 *
 * @param parallelism       how many places at once; 0 = all
 * @param delayMillis       between one place that is done and the next
 * @param startFirst        whether the new task runs before the old one ends
 * @param monitorMillis     for how long after its start a failing new task counts against the update
 * @param failureAction     what follows more failures than allowed
 * @param maxFailurePercent share of places, 0 to 100, that may fail
 */
public record UpdatePolicy(int parallelism, long delayMillis, boolean startFirst, long monitorMillis,
        FailureAction failureAction, int maxFailurePercent) {
    /** What follows too many failures. */
    public enum FailureAction { PAUSE, CONTINUE, ROLLBACK }

    /** One at a time, the old one stopped first, paused at the first failure. */
    public static final UpdatePolicy STANDARD =
            new UpdatePolicy(1, 0, false, 5000, FailureAction.PAUSE, 0);
}
