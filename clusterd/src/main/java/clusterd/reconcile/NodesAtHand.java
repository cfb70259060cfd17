package clusterd.reconcile;

import clusterd.model.Availability;
import clusterd.model.Constraint;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Placement;
import clusterd.model.Role;
import clusterd.model.Task;
import clusterd.model.TaskState;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What nodes mean for the tasks that are on them. */
final class NodesAtHand {
    private final Function<NodeId, Optional<Node>> nodes;

    NodesAtHand(Function<NodeId, Optional<Node>> nodes) {
        this.nodes = nodes;
    }

    /** Whether its node is not heard of: whether it still runs cannot be known. */
    boolean isLost(Task task) {
        return task.holdsNode() && nodes.apply(task.node().orElseThrow())
                .filter(each -> each.status().state() != NodeStatus.State.DOWN).isEmpty();
    }

    /**
     * Whether it runs, by what its node has said since it was last away: what was known before tells nothing of
     * a node that lost its power meanwhile.
     */
    boolean runs(Task task) {
        return task.status().state() == TaskState.RUNNING && task.node().flatMap(nodes)
                .filter(each -> each.session() == task.session()).isPresent();
    }

    /** Whether the task has a node that is no part of the cluster any more. */
    boolean isGone(Task task) {
        return task.node().isPresent() && task.node().flatMap(nodes).isEmpty();
    }

    /** Why it must leave its node; empty if it may stay. */
    Optional<String> mustLeave(Task task, Placement placement) {
        if (task.node().isEmpty()) {
            return Optional.empty();
        }
        Optional<Node> node = nodes.apply(task.node().get());
        if (node.isEmpty()) {
            return Optional.of("node " + task.node().get() + " is no part of the cluster any more");
        }
        String name = node.get().description().hostname();
        if (node.get().spec().availability() == Availability.DRAIN) {
            return Optional.of("node " + name + " is drained");
        }
        return unsuited(node.get(), placement).map(why -> "node " + name + " " + why);
    }

    /** Why the node gets no further task of that placement, in words that follow its name; empty if it does. */
    Optional<String> refusal(Node node, Placement placement) {
        return switch (node.spec().availability()) {
            case DRAIN -> Optional.of("is drained");
            case PAUSE -> Optional.of("is paused");
            case ACTIVE -> node.status().state() == NodeStatus.State.READY ? unsuited(node, placement)
                    : Optional.of("is " + node.status().state().name().toLowerCase(Locale.ROOT));
        };
    }

    /** Places of a global service: nodes it belongs on, whether they are heard of now or not. */
    Set<Place> eligible(Collection<Node> all, Placement placement) {
        return places(all, node -> node.spec().availability() != Availability.DRAIN
                && unsuited(node, placement).isEmpty());
    }

    /** Places of a global job: nodes that take a task of it now. */
    Set<Place> taking(Collection<Node> all, Placement placement) {
        return places(all, node -> refusal(node, placement).isEmpty());
    }

    private static Set<Place> places(Collection<Node> all, Predicate<Node> which) {
        return all.stream().filter(which).map(node -> Place.at(node.id()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Why no task of that placement may be on the node, in words that follow its name; empty if it may. */
    Optional<String> unsuited(Node node, Placement placement) {
        for (Constraint each : placement.constraints()) {
            if (!each.allows(node.attribute(each.attribute()))) {
                return Optional.of("is not " + each);
            }
        }
        if (!placement.platforms().isEmpty() && !placement.platforms().contains(node.description().platform())) {
            return Optional.of("runs " + node.description().platform());
        }
        return node.spec().role() == Role.WITNESS ? Optional.of("only votes") : Optional.empty();
    }

    /** Its name, for a person. */
    String name(NodeId id) {
        return nodes.apply(id).map(each -> each.description().hostname()).orElse(id.value());
    }
}
