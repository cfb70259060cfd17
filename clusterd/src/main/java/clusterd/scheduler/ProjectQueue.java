package clusterd.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The groups of one project and priority, in the order they came. Between projects the one with the smallest
 * dominant share is served first (dominant resource fairness, Ghodsi et al., NSDI 2011).
 */
final class ProjectQueue {
    private final String project;
    private final int weight;
    private final Deque<GroupPlacing> groups = new ArrayDeque<>();

    ProjectQueue(String project, int weight) {
        this.project = project;
        this.weight = weight;
    }

    Deque<GroupPlacing> groups() {
        return groups;
    }

    String project() {
        return project;
    }

    /** The largest share of anything the cluster has that its tasks take, over its weight. */
    double share(Fleet fleet) {
        return fleet.shareOf(project) / weight;
    }
}
