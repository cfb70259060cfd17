package clusterd.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * How far a task has come. It only ever goes forward: a report that would take it back is late, and dropped.
 *
 * <pre>
 * PENDING -> ASSIGNED -> PREPARING -> READY -> STARTING -> RUNNING -> COMPLETE | SHUTDOWN | FAILED
 *    any of these may be skipped on the way, and may end in SHUTDOWN, FAILED, REJECTED or ORPHANED
 * </pre>
 */
public enum TaskState {
    /** It waits for a node. */
    PENDING,
    /** It has one, which has not answered yet. */
    ASSIGNED,
    /** The node fetches its image and makes its container. */
    PREPARING,
    /** Its container is made and waits for the word to start. */
    READY,
    /** It has been started and is not healthy yet. */
    STARTING,
    /** It runs, and is healthy if it has a health check. */
    RUNNING,
    /** Its program ended with exit code 0 of its own accord. */
    COMPLETE,
    /** It was ended because that was wanted. */
    SHUTDOWN,
    /** Its program ended otherwise, or could not be started. */
    FAILED,
    /** The node cannot run it, and says why. */
    REJECTED,
    /** Its node is gone and will not say what became of it. */
    ORPHANED;

    private static final Set<TaskState> ENDS = EnumSet.range(COMPLETE, ORPHANED);

    /** Whether nothing follows. */
    public boolean isEnd() {
        return ENDS.contains(this);
    }

    /** Whether its node has, or may have, something of it. */
    public boolean isOnNode() {
        return this != PENDING && !isEnd();
    }

    /** Whether that may follow this. */
    public boolean mayBecome(TaskState next) {
        if (isEnd()) {
            return false;
        }
        return next.isEnd() || next.ordinal() > ordinal();
    }
}
