package clusterd.executor;

import clusterd.model.TaskId;

/**
 * The container of a task as the node has it now.
 *
 * @param id     64 hex digits
 * @param task   whose it is, by its label
 * @param state  where it is in its life
 * @param health by its check
 */
public record ContainerSeen(String id, TaskId task, State state, Health health) {
    /** Where in its life. */
    public enum State {
        /** It has never run. */
        CREATED,
        /** It runs; also one that stands still for a moment. */
        RUNNING,
        /** It ran, and has ended. */
        ENDED,
        /** Somebody removes it. */
        GOING
    }

    /** By its check. */
    public enum Health {
        /** It has no check, or does not run. */
        NONE,
        /** No probe has succeeded yet. */
        STARTING,
        /** The latest probe succeeded. */
        HEALTHY,
        /** Too many failed in a row. */
        UNHEALTHY
    }
}
