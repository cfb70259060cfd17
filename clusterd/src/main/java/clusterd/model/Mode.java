package clusterd.model;

/** How many tasks a service has, and until when. */
public sealed interface Mode {
    /**
     * So many, always.
     *
     * @param replicas 0 or more
     * @param unique   whether two of the same place must never run at once, at the price that a node cut
     *                 off from the managers stops its own
     */
    record Replicated(int replicas, boolean unique) implements Mode {
    }

    /** One on each node that fits, always. */
    record Global() implements Mode {
    }

    /**
     * Until so many have come to a good end.
     *
     * @param completions 1 or more
     * @param parallelism at once; 1 or more
     */
    record Job(int completions, int parallelism) implements Mode {
    }

    /**
     * A job whenever its time comes.
     *
     * @param schedule   five fields as in crontab(5), in UTC
     * @param job        what is run
     * @param concurrent whether one may begin while the last one is under way
     */
    record Cron(String schedule, Job job, boolean concurrent) implements Mode {
    }
}
