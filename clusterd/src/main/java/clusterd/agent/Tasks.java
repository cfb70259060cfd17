package clusterd.agent;

import clusterd.session.AssignmentDelta;
import clusterd.state.TaskReport;
import java.util.List;

/** What carries a node's assignments out. */
public interface Tasks {
    /** Its assignments have changed. */
    void assign(AssignmentDelta delta);

    /** How every task is that it has. */
    List<TaskReport> reports();

    /**
     * Whether no manager is in reach: what ends meanwhile, and shall be started again, is started again here.
     */
    void cutOff(boolean now);

    /**
     * The lease ends then, and no earlier: unique tasks' keepers are told, who end them even if nobody here can.
     *
     * @param endsAtBootNanos by {@code CLOCK_BOOTTIME}
     * @param lengthMillis    for how long no manager was heard by then
     */
    default void leaseUntil(long endsAtBootNanos, long lengthMillis) { }

    /** The lease is over: unique tasks are dead when this returns. */
    void fence();
}
