package clusterd.reconcile;

import clusterd.model.Node;
import clusterd.model.Placement;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How far the present run of a job has come. */
public final class JobProgress {
    private final Service service;
    private final ClusterState state;
    private final NodesAtHand nodes;

    private JobProgress(Service service, ClusterState state) {
        this.service = service;
        this.state = state;
        this.nodes = new NodesAtHand(state::node);
    }

    /** Of a service of that state. */
    public static JobProgress of(Service service, ClusterState state) {
        return new JobProgress(service, state);
    }

    /** Places in which it has come to a good end. */
    public int completed() {
        return (int) its().filter(each -> each.status().state() == TaskState.COMPLETE).map(Place::of).distinct()
                .count();
    }

    /** Of a global job: nodes on which it has come to a good end, runs, or will. */
    public int nodes() {
        Set<Place> places = nodes.taking(state.nodes(), placement());
        its().filter(each -> each.status().state() == TaskState.COMPLETE
                || each.isAlive() && nodes.mustLeave(each, placement()).isEmpty())
                .forEach(each -> places.add(Place.of(each)));
        return places.size();
    }

    /** Of a global job: nodes that do not get it, by name, each with the reason in words that follow the name. */
    public Map<String, String> refusals() {
        Set<Place> places = its().filter(each -> each.isAlive() || each.status().state() == TaskState.COMPLETE)
                .map(Place::of).collect(Collectors.toSet());
        Map<String, String> refusals = new TreeMap<>();
        for (Node node : state.nodes()) {
            if (!places.contains(Place.at(node.id()))) {
                nodes.refusal(node, placement()).ifPresent(why -> refusals.put(node.description().hostname(), why));
            }
        }
        return refusals;
    }

    private Stream<Task> its() {
        return state.tasksOf(service.id()).filter(each -> each.iteration() == service.specVersion());
    }

    private Placement placement() {
        return service.spec().task().placement();
    }
}
