package clusterd.event;

import clusterd.explain.Names;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.StoredFile;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import runtime.event.Event;

/**
 * Changes of the state as events, in the words of docker's swarm where it has them. No event has the content of a
 * secret, a configuration or a variable.
 */
public final class ClusterEvents {
    private static final String NAME = "name";
    private static final String CREATE = "create";
    private static final String UPDATE = "update";
    private static final String REMOVE = "remove";

    private ClusterEvents() {
    }

    /**
     * What a change is to a user; empty if nothing.
     *
     * @param state after it, in which names are looked up
     */
    public static Optional<ClusterEvent> of(Change change, ClusterState state) {
        return switch (change) {
            case Change.ServiceChange each -> of(each);
            case Change.TaskChange each -> of(each, state);
            case Change.NodeChange each -> of(each);
            case Change.FileChange each -> {
                StoredFile file = each.after().or(each::before).orElseThrow();
                yield Optional.of(new ClusterEvent(file.secret() ? Event.Type.SECRET : Event.Type.CONFIG,
                        action(each.before(), each.after()), file.name(), Map.of(NAME, file.name())));
            }
            case Change.ProjectChange each -> {
                String name = each.after().or(each::before).orElseThrow().name();
                yield Optional.of(new ClusterEvent(Event.Type.PROJECT, action(each.before(), each.after()), name,
                        Map.of(NAME, name)));
            }
            case Change.TermBegan each -> Optional.of(new ClusterEvent(Event.Type.CLUSTER, "leader_elected",
                    each.leader(), Map.of(NAME, Names.node(new NodeId(each.leader()), state), "term",
                            Long.toString(each.term()))));
            case Change.DecisionKept each -> Optional.empty();
            case Change.VaultChange each -> Optional.empty();
            case Change.NetworkChange each -> Optional.of(new ClusterEvent(Event.Type.NETWORK,
                    action(each.before(), each.after()), each.latest().id().value(),
                    Map.of(NAME, each.latest().spec().name(), "type", "overlay")));
            case Change.BlockChange each -> Optional.empty();
            case Change.VirtualAddressChange each -> Optional.empty();
        };
    }

    private static String action(Optional<?> before, Optional<?> after) {
        return after.isEmpty() ? REMOVE : before.isEmpty() ? CREATE : UPDATE;
    }

    /** A service that is removed is so at once for its user, whatever its tasks still do. */
    private static Optional<ClusterEvent> of(Change.ServiceChange change) {
        Service latest = change.latest();
        Map<String, String> attributes = new TreeMap<>(Map.of(NAME, latest.spec().name()));
        if (change.before().isEmpty()) {
            return event(Event.Type.SERVICE, CREATE, latest.id().value(), attributes);
        }
        Service before = change.before().get();
        if (before.removed() || change.after().isEmpty()) {
            return Optional.empty();
        }
        Service after = change.after().get();
        if (after.removed()) {
            return event(Event.Type.SERVICE, REMOVE, latest.id().value(), attributes);
        }
        both(attributes, "updatestate", word(before.update()), word(after.update()));
        if (attributes.containsKey("updatestate.new") && !after.update().message().isEmpty()) {
            attributes.put("message", after.update().message());
        }
        boolean other = !before.spec().equals(after.spec()) || attributes.size() > 1;
        return other ? event(Event.Type.SERVICE, UPDATE, latest.id().value(), attributes) : Optional.empty();
    }

    /** As docker has it. */
    private static String word(UpdateStatus status) {
        return switch (status.phase()) {
            case NONE -> "";
            case UPDATING -> "updating";
            case PAUSED -> "paused";
            case COMPLETED -> "completed";
            case ROLLING_BACK -> "rollback_started";
            case ROLLBACK_PAUSED -> "rollback_paused";
            case ROLLED_BACK -> "rollback_completed";
        };
    }

    private static Optional<ClusterEvent> of(Change.TaskChange change, ClusterState state) {
        if (change.after().isEmpty()) {
            return Optional.empty();
        }
        Task task = change.after().get();
        TaskState is = task.status().state();
        if (change.before().isPresent() && change.before().get().status().state() == is) {
            return Optional.empty();
        }
        Map<String, String> attributes = new TreeMap<>();
        attributes.put(NAME, Names.of(task, state));
        attributes.put("service", state.service(task.service()).map(each -> each.spec().name())
                .orElse(task.service().value()));
        task.node().ifPresent(node -> attributes.put("node", Names.node(node, state)));
        if (!task.status().message().isEmpty()) {
            attributes.put("message", task.status().message());
        }
        task.status().exitCode().ifPresent(code -> attributes.put("exitCode", Integer.toString(code)));
        return event(Event.Type.TASK, is.name().toLowerCase(Locale.ROOT), task.id().value(), attributes);
    }

    private static Optional<ClusterEvent> of(Change.NodeChange change) {
        Node latest = change.latest();
        Map<String, String> attributes = new TreeMap<>(Map.of(NAME, latest.description().hostname().isEmpty()
                ? latest.id().value() : latest.description().hostname()));
        if (change.before().isEmpty() || change.after().isEmpty()) {
            return event(Event.Type.NODE, action(change.before(), change.after()), latest.id().value(), attributes);
        }
        Node before = change.before().get();
        both(attributes, "state", word(before.status().state()), word(latest.status().state()));
        both(attributes, "availability", word(before.spec().availability()), word(latest.spec().availability()));
        both(attributes, "role", word(before.spec().role()), word(latest.spec().role()));
        if (attributes.containsKey("state.new") && !latest.status().message().isEmpty()) {
            attributes.put("message", latest.status().message());
        }
        boolean other = attributes.size() > 1 || !before.spec().equals(latest.spec());
        return other ? event(Event.Type.NODE, UPDATE, latest.id().value(), attributes) : Optional.empty();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void both(Map<String, String> attributes, String what, String before, String after) {
        if (!before.equals(after)) {
            if (!before.isEmpty()) {
                attributes.put(what + ".old", before);
            }
            if (!after.isEmpty()) {
                attributes.put(what + ".new", after);
            }
        }
    }

    private static Optional<ClusterEvent> event(Event.Type type, String action, String id,
            Map<String, String> attributes) {
        return Optional.of(new ClusterEvent(type, action, id, attributes));
    }
}
