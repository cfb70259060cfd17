package clusterd.autoscale;

import clusterd.model.TaskId;
import clusterd.session.FromNode;
import clusterd.session.TaskUsage;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a node last said of what is in use there.
 *
 * @param atMillis    when it was heard
 * @param cpuMillis   thousandths of a processor; empty = not known yet
 * @param memoryBytes of main memory
 * @param tasks       those that run
 */
public record NodeReading(long atMillis, OptionalLong cpuMillis, long memoryBytes, Map<TaskId, TaskUsage> tasks) {
    /** Copies the map. */
    public NodeReading {
        tasks = Collections.unmodifiableMap(new TreeMap<>(tasks));
    }

    /** Heard at that time. */
    public static NodeReading of(FromNode.Usage usage, long atMillis) {
        Map<TaskId, TaskUsage> tasks = new TreeMap<>();
        usage.tasks().forEach(each -> tasks.put(each.task(), each));
        return new NodeReading(atMillis, usage.cpuMillis(), usage.memoryBytes(), tasks);
    }
}
