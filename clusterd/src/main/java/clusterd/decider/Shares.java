package clusterd.decider;

import clusterd.model.Node;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.state.ClusterState;
import java.util.List;
import java.util.Map;

/** What projects have of the cluster. */
public final class Shares {
    private Shares() {
    }

    /**
     * What a project has.
     *
     * @param used    what its tasks have reserved
     * @param share   the largest share of anything that is, 0 to 1
     * @param waiting how many of its tasks have no node
     */
    public record Use(Resources used, double share, int waiting) {
    }

    /** Of that project. */
    public static Use of(String project, ClusterState state) {
        Resources used = Resources.NONE;
        int waiting = 0;
        for (Service service : state.services()) {
            if (service.spec().project().equals(project)) {
                List<Task> tasks = state.tasksOf(service.id()).toList();
                for (Task task : tasks) {
                    used = task.holdsNode() ? used.plus(service.template(task.specVersion()).reservation()) : used;
                    waiting += Decider.waits(task) ? 1 : 0;
                }
            }
        }
        Resources all = state.nodes().stream().filter(Node::takesTasks)
                .map(each -> each.description().capacity()).reduce(Resources.NONE, Resources::plus);
        double share = Math.max(share(used.cpuMillis(), all.cpuMillis()),
                share(used.memoryBytes(), all.memoryBytes()));
        for (Map.Entry<String, Long> each : used.named().entrySet()) {
            share = Math.max(share, share(each.getValue(), all.named().getOrDefault(each.getKey(), 0L)));
        }
        return new Use(used, share, waiting);
    }

    private static double share(long used, long all) {
        return all <= 0 ? 0 : (double) used / all;
    }
}
