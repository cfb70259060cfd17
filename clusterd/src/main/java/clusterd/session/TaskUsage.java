package clusterd.session;

import clusterd.model.TaskId;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a task that runs uses.
 *
 * @param task        which
 * @param cpuMillis   thousandths of a processor, since it was last said; empty = not known yet
 * @param memoryBytes without the page cache that could go at once; empty = not counted
 * @param metrics     what it said of itself
 */
public record TaskUsage(TaskId task, OptionalLong cpuMillis, OptionalLong memoryBytes, List<MetricValue> metrics) {
    /** Copies the list. */
    public TaskUsage {
        metrics = List.copyOf(metrics);
    }
}
