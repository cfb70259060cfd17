package clusterd.model;

/**
 * Names a task for as long as the cluster lives; chosen at random by whoever proposes it.
 *
 * @param value 1 to 64 letters, digits and {@code -}
 */
public record TaskId(String value) implements Comparable<TaskId> {
    /** Refuses what could not have been made by this program. */
    public TaskId {
        Identifier.check("TaskId", value);
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
