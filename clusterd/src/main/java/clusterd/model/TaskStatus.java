package clusterd.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What is known of a task.
 *
 * @param state       how far it has come
 * @param sinceMillis since when, by the clock of who said so
 * @param message     why, for a person
 * @param containerId on its node; {@code ""} = none yet
 * @param exitCode    of its program, once it has ended
 * @param addresses   in networks of the cluster, while it runs
 */
public record TaskStatus(TaskState state, long sinceMillis, String message, String containerId,
        OptionalInt exitCode, List<TaskAddress> addresses) {
    /** Copies the list. */
    public TaskStatus {
        addresses = List.copyOf(addresses);
    }

    /** One that has no address in a network of the cluster. */
    public TaskStatus(TaskState state, long sinceMillis, String message, String containerId, OptionalInt exitCode) {
        this(state, sinceMillis, message, containerId, exitCode, List.of());
    }

    /** One that has just been made. */
    public static TaskStatus pending(long atMillis, String message) {
        return new TaskStatus(TaskState.PENDING, atMillis, message, "", OptionalInt.empty());
    }

    /** The same with other addresses. */
    public TaskStatus with(List<TaskAddress> others) {
        return new TaskStatus(state, sinceMillis, message, containerId, exitCode, others);
    }

    /** The same container in another state. */
    public TaskStatus in(TaskState other, long atMillis, String why) {
        return new TaskStatus(other, atMillis, why, containerId, exitCode, other.isEnd() ? List.of() : addresses);
    }
}
