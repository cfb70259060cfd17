package clusterd.scheduler;

import clusterd.model.Resources;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

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
        Resources use = fleet.useOf(project);
        Resources all = fleet.capacity();
        double share = Math.max(share(use.cpuMillis(), all.cpuMillis()),
                share(use.memoryBytes(), all.memoryBytes()));
        for (Map.Entry<String, Long> each : use.named().entrySet()) {
            share = Math.max(share, share(each.getValue(), all.named().getOrDefault(each.getKey(), 0L)));
        }
        return share / weight;
    }

    private static double share(long used, long all) {
        return all <= 0 ? 0 : (double) used / all;
    }
}
