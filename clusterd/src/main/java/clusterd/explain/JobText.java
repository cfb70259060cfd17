package clusterd.explain;

import clusterd.model.Service;
import clusterd.reconcile.JobProgress;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says on how many nodes a global job is done, and which do not get it. */
final class JobText {
    /** So many nodes are named; of a large cluster a constraint may leave out thousands. */
    private static final int NAMED = 10;

    private JobText() {
    }

    static String of(Service service, long running, ClusterState state) {
        JobProgress progress = JobProgress.of(service, state);
        return service.spec().name() + ": " + progress.completed() + " of " + progress.nodes()
                + " have come to a good end, one on each node that suits, " + running + " run";
    }

    static List<String> refusals(Service service, ClusterState state) {
        Map<String, String> refusals = JobProgress.of(service, state).refusals();
        List<String> lines = new ArrayList<>();
        refusals.entrySet().stream().limit(NAMED).forEach(each ->
                lines.add("Node " + each.getKey() + " does not get it now: it " + each.getValue() + "."));
        if (refusals.size() > NAMED) {
            lines.add("Nor do " + (refusals.size() - NAMED) + " more nodes.");
        }
        return lines;
    }
}
