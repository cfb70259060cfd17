package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a service wants against what there is of it: commands that bring the one nearer to the other. Asked
 * again after each change, it comes to rest when there is nothing left to do.
 */
public final class Reconciler {
    /** Ended tasks of a place that are kept for whoever asks. */
    private static final int HISTORY = 4;

    private final NodesAtHand nodes;
    private final ClusterState state;
    private final Making making;

    private Reconciler(ClusterState state, Function<NodeId, Optional<Node>> nodes, Making making) {
        this.state = state;
        this.nodes = new NodesAtHand(nodes);
        this.making = making;
    }

    /**
     * Decides.
     *
     * @param state     in which
     * @param service   of that state
     * @param nowMillis since 1970
     * @param ids       that no task has
     */
    public static Reconciliation reconcile(ClusterState state, Service service, long nowMillis,
            Supplier<TaskId> ids) {
        return reconcile(state, state::node, service, nowMillis, ids);
    }

    /**
     * Decides.
     *
     * @param nodes of that state, for whoever has them at hand: each task's is looked up
     */
    public static Reconciliation reconcile(ClusterState state, Function<NodeId, Optional<Node>> nodes,
            Service service, long nowMillis, Supplier<TaskId> ids) {
        Making making = new Making(service, nowMillis, ids);
        new Reconciler(state, nodes, making).reconcile(service);
        return making.done();
    }

    private void reconcile(Service service) {
        List<Task> tasks = state.tasksOf(service.id()).toList();
        if (service.removed()) {
            tasks.forEach(each -> making.desire(each, Desire.REMOVE));
            tasks.forEach(each -> clear(each, Desire.REMOVE));
            if (tasks.isEmpty()) {
                making.add(new Command.RemoveService(service.id(), making.nowMillis()));
            }
            return;
        }
        tasks.forEach(each -> clear(each, each.desire()));
        switch (service.spec().mode()) {
            case Mode.Replicated replicated -> keep(byPlace(tasks, Place.upTo(replicated.replicas())),
                    replicated.unique());
            case Mode.Global global -> keep(byPlace(tasks, nodes.eligible(state.nodes(),
                    service.spec().task().placement())), false);
            case Mode.PerSite perSite -> keepInSites(perSite, tasks);
            case Mode.Job job -> new JobSteps(making, nodes).run(job, tasks, service.specVersion());
            case Mode.GlobalJob job -> new GlobalJobSteps(making, nodes).run(state, tasks, service.specVersion());
            case Mode.Cron cron -> new CronSteps(making, nodes).run(cron, tasks);
        }
    }

    /** A task that is to end and cannot be told to, or that nobody need remember. */
    private void clear(Task task, Desire desire) {
        if (!desire.isAlive() && !task.status().state().isEnd()) {
            if (task.status().state() == TaskState.PENDING) {
                making.end(task, TaskState.SHUTDOWN, "ended before it had a node");
            } else if (nodes.isLost(task)) {
                making.end(task, TaskState.ORPHANED, "node " + nodes.name(task.node().orElseThrow())
                        + " is down, and will be told when it returns");
            }
        } else if (desire == Desire.REMOVE) {
            making.add(new Command.ForgetTask(task.id()));
        }
    }

    /** Every wanted place, and every other that some task is of. */
    private Wanted byPlace(List<Task> tasks, Set<Place> wanted) {
        Map<Place, List<Task>> byPlace = new TreeMap<>();
        wanted.forEach(each -> byPlace.put(each, new ArrayList<>()));
        tasks.forEach(each -> byPlace.computeIfAbsent(Place.of(each), key -> new ArrayList<>()).add(each));
        List<PlaceTasks> in = new ArrayList<>();
        List<PlaceTasks> out = new ArrayList<>();
        byPlace.forEach((place, its) ->
                (wanted.contains(place) ? in : out).add(new PlaceTasks(place, its, nodes)));
        return new Wanted(in, out);
    }

    private record Wanted(List<PlaceTasks> in, List<PlaceTasks> out) {
    }

    /** Places of a site that is lost are let be: what is there, or comes back, is theirs. */
    private void keepInSites(Mode.PerSite mode, List<Task> tasks) {
        SitesAtHand sites = SitesAtHand.of(state);
        Map<Place, String> reasons = new SiteSteps(making, nodes, sites, mode).places(tasks);
        Wanted all = byPlace(tasks, reasons.keySet());
        Set<String> lost = new HashSet<>();
        reasons.keySet().stream().map(Place::site).distinct().filter(each -> sites.lost(each).isPresent())
                .forEach(lost::add);
        List<PlaceTasks> there = new ArrayList<>();
        for (PlaceTasks each : all.in()) {
            if (lost.contains(each.place().site())) {
                leave(each);
            } else {
                there.add(each);
            }
        }
        new UpdateSteps(making, state).resume(there);
        keep(new Wanted(there, all.out()), mode.unique(), reasons);
    }

    private void keep(Wanted places, boolean unique) {
        keep(places, unique, Map.of());
    }

    private void keep(Wanted places, boolean unique, Map<Place, String> reasons) {
        for (PlaceTasks each : places.out()) {
            each.serving().forEach(task -> making.desire(task, Desire.REMOVE));
            each.lost().forEach(task -> making.desire(task, Desire.REMOVE));
            each.ended().forEach(task -> making.add(new Command.ForgetTask(task.id())));
        }
        for (PlaceTasks each : places.in()) {
            leave(each);
            forget(each, HISTORY + making.service().spec().task().restart().maxAttempts());
        }
        UpdateSteps update = new UpdateSteps(making, state);
        update.promote(places.in());
        update.run(places.in());
        for (PlaceTasks each : places.in()) {
            fill(each, unique, reasons.getOrDefault(each.place(), "wanted"));
        }
    }

    /** Tasks that may not stay where they are. */
    private void leave(PlaceTasks place) {
        List<Task> leaving = new ArrayList<>();
        for (Task task : place.serving()) {
            nodes.mustLeave(task, making.service().template(task.specVersion()).placement().within(task.site()))
                    .ifPresent(why -> leaving.add(task));
        }
        for (Task task : leaving) {
            making.desire(task, Desire.SHUTDOWN);
            place.serving().remove(task);
            place.ending().add(task);
        }
    }

    private void forget(PlaceTasks place, int kept) {
        place.ended().stream().skip(kept).forEach(each -> making.add(new Command.ForgetTask(each.id())));
    }

    private void fill(PlaceTasks place, boolean unique, String reason) {
        if (place.serving().isEmpty()) {
            if (place.place().node().isPresent() && !place.lost().isEmpty()) {
                return;
            }
            if (unique && mayStillRun(place)) {
                return;
            }
            making.again(place.place(), place.ended().stream()
                    .filter(each -> each.specVersion() == making.service().specVersion()).toList(),
                    Desire.RUNNING, 0, reason);
        } else if (place.serving().size() > 1 && !making.service().update().isUnderWay()) {
            keepOne(place);
        }
    }

    /** Of a place that must never have two: one that was told to end has not said that it did. */
    private static boolean mayStillRun(PlaceTasks place) {
        return !place.ending().isEmpty();
    }

    /** A node came back with the task that was replaced: the older goes on, if the node says that it runs. */
    private void keepOne(PlaceTasks place) {
        long wanted = making.service().specVersion();
        Task kept = place.serving().stream().filter(each -> nodes.runs(each) && each.specVersion() == wanted).findFirst()
                .or(() -> place.serving().stream().filter(nodes::runs).findFirst())
                .orElse(place.serving().getLast());
        for (Task each : place.serving()) {
            if (each != kept) {
                making.desire(each, Desire.SHUTDOWN);
            }
        }
    }
}
