package clusterd.model;

/** What the number of tasks follows. New ones are added at the end. */
public sealed interface ScaleTarget {
    /**
     * Processor time.
     *
     * @param percent of what a task has reserved, or may use at most if it has reserved none, on average
     */
    record Cpu(int percent) implements ScaleTarget {
    }

    /**
     * Main memory.
     *
     * @param percent of what a task has reserved, or may use at most if it has reserved none, on average
     */
    record Memory(int percent) implements ScaleTarget {
    }

    /**
     * A number that tasks tell by themselves.
     *
     * @param service whose tasks are asked, by its name; {@code ""} = the scaled service's own
     * @param query   what they are asked for
     * @param average wanted for each task of the scaled service, when that of all that are asked is added up
     */
    record Metric(String service, MetricQuery query, double average) implements ScaleTarget {
    }
}
