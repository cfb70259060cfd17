package clusterd.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TaskStateTest {
    @Test
    void noTransitionGoesBack() {
        for (TaskState from : TaskState.values()) {
            for (TaskState to : TaskState.values()) {
                assertEquals(!from.isEnd() && to.ordinal() > from.ordinal(), from.mayBecome(to),
                        from + " to " + to);
            }
        }
    }

    @Test
    void aNodeHoldsWhatWasGivenToItUntilItEnds() {
        assertFalse(TaskState.PENDING.isOnNode());
        assertTrue(TaskState.ASSIGNED.isOnNode());
        assertTrue(TaskState.RUNNING.isOnNode());
        assertFalse(TaskState.ORPHANED.isOnNode());
    }
}
