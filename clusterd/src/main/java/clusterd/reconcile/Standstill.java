package clusterd.reconcile;

import clusterd.model.Mode;
import clusterd.model.Placement;
import clusterd.model.RestartPolicy;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether a service lacks something that it will not get by itself. */
public final class Standstill {
    private final Service service;
    private final ClusterState state;
    private final NodesAtHand nodes;

    private Standstill(Service service, ClusterState state) {
        this.service = service;
        this.state = state;
        this.nodes = new NodesAtHand(state::node);
    }

    /**
     * Why it comes no further: nothing that it lacks is under way, and its restart policy allows no other task for
     * any of it. Empty if it may come further, or has all it wants; and of modes that wait for time or sites.
     */
    public static Optional<String> of(Service service, ClusterState state) {
        RestartPolicy policy = service.spec().task().restart();
        boolean always = policy.condition() == RestartPolicy.Condition.ANY && policy.maxAttempts() == 0;
        return always || service.removed() || service.update().isUnderWay() ? Optional.empty()
                : new Standstill(service, state).reason();
    }

    /** Nodes on which a global service is to run, and those where it does. */
    public static int globalNodes(Service service, ClusterState state) {
        Standstill its = new Standstill(service, state);
        Set<Place> places = its.nodes.eligible(state.nodes(), its.placement());
        state.tasksOf(service.id()).filter(Task::isAlive).map(Place::of).forEach(places::add);
        return places.size();
    }

    private Optional<String> reason() {
        boolean job = service.spec().mode() instanceof Mode.Job || service.spec().mode() instanceof Mode.GlobalJob;
        List<String> reasons = new ArrayList<>();
        Map<Place, List<Task>> tasks = new HashMap<>();
        state.tasksOf(service.id()).filter(each -> job ? each.iteration() == service.specVersion()
                : each.isAlive() || each.specVersion() == service.specVersion()).forEach(each ->
                tasks.computeIfAbsent(Place.of(each), key -> new ArrayList<>()).add(each));
        for (Place each : wanted()) {
            PlaceTasks place = new PlaceTasks(each, tasks.getOrDefault(each, List.of()), nodes);
            boolean satisfied = job ? place.isComplete() : place.serving().stream().anyMatch(nodes::runs);
            if (satisfied) {
                continue;
            }
            if (!place.isAtRest() || !(RestartStep.decide(service.spec().task().restart(), place.ended())
                    instanceof RestartStep.Over(String reason))) {
                return Optional.empty();
            }
            reasons.add(reason);
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(reasons.size() + (reasons.size() == 1
                ? " place gets" : " places get") + " no other task: " + reasons.getFirst());
    }

    private Set<Place> wanted() {
        return switch (service.spec().mode()) {
            case Mode.Replicated replicated -> Place.upTo(replicated.replicas());
            case Mode.Job job -> Place.upTo(job.completions());
            case Mode.Global global -> nodes.eligible(state.nodes(), placement());
            case Mode.GlobalJob job -> nodes.taking(state.nodes(), placement());
            case Mode.PerSite perSite -> Set.of();
            case Mode.Cron cron -> Set.of();
        };
    }

    private Placement placement() {
        return service.spec().task().placement();
    }
}
