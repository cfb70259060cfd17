package clusterd.scheduler;

import clusterd.model.Decision;
import clusterd.model.Decision.Refused;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The placing of one group, a task at a time. */
final class GroupPlacing {
    private final TaskGroup group;
    private final Fleet fleet;
    private final Held held;
    private final Optional<Project> project;
    private Needs needs;
    private Branch tree;
    private int next;
    private boolean overQuota;
    private final Map<NodeLoad, Integer> chosen = new LinkedHashMap<>();
    private final List<Task> left = new ArrayList<>();

    GroupPlacing(TaskGroup group, Fleet fleet, Optional<Project> project) {
        this.group = group;
        this.fleet = fleet;
        this.project = project;
        this.held = Fleet.held(group.service(), group.template(), true);
        this.needs = new Needs(group, fleet, true);
    }

    TaskGroup group() {
        return group;
    }

    Needs needs() {
        return needs;
    }

    boolean isDone() {
        return next == group.tasks().size();
    }

    /** Tasks that were tried and got no node. */
    List<Task> left() {
        return left;
    }

    boolean isOverQuota() {
        return overQuota;
    }

    /** Tries the next task; all the rest too, in vain, if there is nothing for them. */
    Optional<Round.Assignment> placeNext() {
        Task task = group.tasks().get(next++);
        if (exceedsQuota()) {
            overQuota = true;
            leave(task);
            leaveTheRest();
            return Optional.empty();
        }
        NodeLoad load = task.node().isPresent() ? ownNode(task) : choose();
        if (load == null) {
            leave(task);
            if (task.node().isEmpty()) {
                leaveTheRest();
            }
            return Optional.empty();
        }
        String why = task.node().isPresent() ? "the node it is for" : why(load);
        fleet.take(load.node().id(), task.id(), held);
        needs.placed(load);
        chosen.merge(load, 1, Integer::sum);
        return Optional.of(new Round.Assignment(task.id(), load.node().id(), why));
    }

    private void leave(Task task) {
        left.add(task);
    }

    private void leaveTheRest() {
        while (!isDone()) {
            leave(group.tasks().get(next++));
        }
    }

    private boolean exceedsQuota() {
        if (project.isEmpty() || project.get().quota().equals(Resources.NONE)) {
            return false;
        }
        Resources quota = project.get().quota();
        Resources then = fleet.useOf(project.get().name()).plus(held.reservation());
        return quota.cpuMillis() > 0 && then.cpuMillis() > quota.cpuMillis()
                || quota.memoryBytes() > 0 && then.memoryBytes() > quota.memoryBytes()
                || quota.pids() > 0 && then.pids() > quota.pids()
                || quota.named().entrySet().stream().anyMatch(each ->
                        then.named().getOrDefault(each.getKey(), 0L) > each.getValue());
    }

    private NodeLoad ownNode(Task task) {
        NodeLoad load = fleet.load(task.node().orElseThrow()).orElse(null);
        for (Filter each : Filter.values()) {
            if (load == null || !each.allows(needs, load)) {
                return null;
            }
        }
        return load;
    }

    private NodeLoad choose() {
        if (tree == null) {
            tree = tree();
        }
        NodeLoad load = tree.choose();
        if (load == null && needs.canYield()) {
            needs = new Needs(group, fleet, false);
            tree = tree();
            load = tree.choose();
        }
        return load;
    }

    private Branch tree() {
        List<NodeClass> suiting = new ArrayList<>();
        for (NodeClass kind : fleet.classes()) {
            boolean suits = true;
            for (Filter each : Filter.values()) {
                suits = suits && (!each.isOfKind() || each.allows(needs, kind.example()));
            }
            if (suits) {
                suiting.add(kind);
            }
        }
        return Branch.of(suiting, needs, fleet);
    }

    private String why(NodeLoad load) {
        if (load.node().description().images().contains(group.template().container().image())) {
            return needs.placement().binpack() ? "the fullest that fits" : "has the image and few of its tasks";
        }
        return needs.placement().binpack() ? "the fullest that fits"
                : needs.placement().spread().isEmpty() ? "the emptiest with the fewest of its tasks"
                : "the emptiest where the fewest of its tasks are, by " + needs.placement().spread();
    }

    /** What came of it, with the reasons. */
    Decision decision(long number, long atMillis) {
        List<Decision.Chosen> nodes = new ArrayList<>();
        chosen.forEach((load, tasks) -> nodes.add(new Decision.Chosen(load.node().id(), tasks, why(load))));
        List<Refused> refused = new ArrayList<>();
        if (overQuota) {
            refused.add(new Refused(Refused.QUOTA, "cannot be used, since project " + project.orElseThrow().name()
                    + " has as much as its quota allows", fleet.loads().size() - chosen.size(), List.of()));
        } else {
            refused.addAll(Explanation.of(needs, fleet, Set.copyOf(chosen.keySet()), !left.isEmpty()));
        }
        return new Decision(number, atMillis, group.service().id(), group.specVersion(), group.tasks().size(),
                nodes, refused);
    }
}
