package clusterd.model;

/**
 * What becomes of a task's place when the task has ended.
 *
 * @param condition    after which end another task takes it
 * @param delayMillis  before that one starts
 * @param maxAttempts  within the window; 0 = without end
 * @param windowMillis over which attempts are counted; 0 = for ever
 */
public record RestartPolicy(Condition condition, long delayMillis, int maxAttempts, long windowMillis) {
    /** After which end. */
    public enum Condition { ANY, ON_FAILURE, NONE }

    /** As docker's services have it, with a shorter delay. */
    public static final RestartPolicy STANDARD = new RestartPolicy(Condition.ANY, 1000, 0, 0);
}
