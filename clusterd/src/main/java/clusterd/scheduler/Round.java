package clusterd.scheduler;

import clusterd.model.Decision;
import clusterd.model.NodeId;
import clusterd.model.TaskId;
import java.util.List;

/**
 * What a scheduler decided at one time.
 *
 * @param assignments tasks that get a node
 * @param evictions   tasks that must end so that ones of higher priority can have their place
 * @param decisions   why, one for each group about which something was decided
 * @param served      every group that was tried, in the order in which they had their first turn
 */
public record Round(List<Assignment> assignments, List<Eviction> evictions, List<Decision> decisions,
        List<Served> served) {
    /** Copies the lists. */
    public Round {
        assignments = List.copyOf(assignments);
        evictions = List.copyOf(evictions);
        decisions = List.copyOf(decisions);
        served = List.copyOf(served);
    }

    /**
     * A group had its turns.
     *
     * @param group    which
     * @param decision what came of it, whether or not the same was said before
     */
    public record Served(TaskGroup group, Decision decision) {
    }

    /**
     * A task gets a node.
     *
     * @param task which
     * @param node that
     * @param why  it rather than another
     */
    public record Assignment(TaskId task, NodeId node, String why) {
    }

    /**
     * A task must end.
     *
     * @param victim which
     * @param why    for a person
     */
    public record Eviction(TaskId victim, String why) {
    }
}
