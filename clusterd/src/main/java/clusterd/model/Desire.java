package clusterd.model;

/** What is wanted of a task; only ever a later one follows. */
public enum Desire {
    /** That its container is made, and not started: it waits for the task it follows. */
    READY,
    /** That it runs. */
    RUNNING,
    /** That it ends, and is kept for whoever asks what became of it. */
    SHUTDOWN,
    /** That it ends and is forgotten. */
    REMOVE;

    /** Whether it is wanted alive. */
    public boolean isAlive() {
        return this == READY || this == RUNNING;
    }
}
