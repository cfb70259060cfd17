package clusterd.session;

import clusterd.model.TaskId;
import java.util.List;

/**
 * What has changed of a node's tasks.
 *
 * @param whole   whether that is all it has: whatever is not named is to go
 * @param put     new ones, and those of which something else is wanted
 * @param removed ones to end, if they have not, and to forget with all they left
 */
public record AssignmentDelta(boolean whole, List<Assignment> put, List<TaskId> removed) {
    /** Copies the lists. */
    public AssignmentDelta {
        put = List.copyOf(put);
        removed = List.copyOf(removed);
    }
}
