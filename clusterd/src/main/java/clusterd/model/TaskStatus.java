package clusterd.model;

import java.util.OptionalInt;

/**
 * What is known of a task.
 *
 * @param state       how far it has come
 * @param sinceMillis since when, by the clock of who said so
 * @param message     why, for a person
 * @param containerId on its node; {@code ""} = none yet
 * @param exitCode    of its program, once it has ended
 */
public record TaskStatus(TaskState state, long sinceMillis, String message, String containerId,
        OptionalInt exitCode) {
    /** One that has just been made. */
    public static TaskStatus pending(long atMillis, String message) {
        return new TaskStatus(TaskState.PENDING, atMillis, message, "", OptionalInt.empty());
    }

    /** The same container in another state. */
    public TaskStatus in(TaskState other, long atMillis, String why) {
        return new TaskStatus(other, atMillis, why, containerId, exitCode);
    }
}
