package clusterd.state;

import clusterd.model.TaskId;
import clusterd.model.TaskStatus;

/**
 * What a node says of one task.
 *
 * @param task   which
 * @param status it has there
 */
public record TaskReport(TaskId task, TaskStatus status) {
}
