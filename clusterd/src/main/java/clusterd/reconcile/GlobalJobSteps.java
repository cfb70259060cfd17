package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Placement;
import clusterd.model.Task;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Runs a job on each node that takes it, until it has come to a good end there. */
final class GlobalJobSteps {
    private final Making making;
    private final NodesAtHand nodes;

    GlobalJobSteps(Making making, NodesAtHand nodes) {
        this.making = making;
        this.nodes = nodes;
    }

    /** Tasks of other runs, and of nodes that were removed, are ended and forgotten. */
    void run(ClusterState state, List<Task> tasks, long iteration) {
        Set<Place> taking = nodes.taking(state.nodes(), placement());
        Map<Place, List<Task>> byPlace = new TreeMap<>();
        taking.forEach(each -> byPlace.put(each, new ArrayList<>()));
        for (Task task : tasks) {
            if (task.iteration() != iteration || nodes.isGone(task)) {
                making.desire(task, Desire.REMOVE);
            } else {
                byPlace.computeIfAbsent(Place.of(task), key -> new ArrayList<>()).add(task);
            }
        }
        byPlace.forEach((where, its) -> {
            PlaceTasks place = new PlaceTasks(where, its, nodes);
            making.forgetFailures(place);
            if (place.isComplete()) {
                return;
            }
            place.serving().stream().filter(task -> nodes.mustLeave(task, placement()).isPresent())
                    .forEach(task -> making.desire(task, Desire.SHUTDOWN));
            // It runs once: what is lost or still ends may yet come to a good end.
            if (place.isAtRest() && taking.contains(where)) {
                making.again(where, place.ended(), Desire.RUNNING, iteration);
            }
        });
    }

    private Placement placement() {
        return making.service().spec().task().placement();
    }
}
