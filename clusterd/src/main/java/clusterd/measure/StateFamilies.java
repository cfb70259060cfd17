package clusterd.measure;

import clusterd.explain.Names;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Project;
import clusterd.model.Role;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import runtime.metrics.MetricsSink;

/** What a state says of services, tasks and nodes, counted. */
public final class StateFamilies {
    private static final double MILLIS_PER_SECOND = 1000;

    private StateFamilies() {
    }

    /** Gives the counts; every state of a task and a node has one, also if it is 0. */
    public static void tell(ClusterState state, MetricsSink sink) {
        sink.value("jctl_cluster_services", "Services", state.services().stream()
                .filter(each -> !each.removed()).count());
        Map<TaskState, Long> tasks = new TreeMap<>();
        Map<String, Long> waiting = new TreeMap<>();
        state.projects().stream().map(Project::name).forEach(each -> waiting.put(each, 0L));
        for (Task task : state.tasks()) {
            tasks.merge(task.status().state(), 1L, Long::sum);
            if (task.isAlive() && task.status().state() == TaskState.PENDING) {
                waiting.merge(state.service(task.service()).map(Service::spec).map(each -> each.project())
                        .orElse(""), 1L, Long::sum);
            }
        }
        for (TaskState each : TaskState.values()) {
            sink.value("jctl_cluster_tasks", "Tasks by state", Map.of("state", word(each)),
                    tasks.getOrDefault(each, 0L));
        }
        waiting.forEach((project, count) -> sink.value("jctl_cluster_tasks_waiting",
                "Tasks that wait for a node, by project", Map.of("project", project), count));
        tellNodes(state, sink);
    }

    private static void tellNodes(ClusterState state, MetricsSink sink) {
        for (Role role : Role.values()) {
            for (NodeStatus.State each : NodeStatus.State.values()) {
                sink.value("jctl_cluster_nodes", "Nodes by state and role",
                        Map.of("state", word(each), "role", word(role)), state.nodes().stream().filter(node ->
                                node.status().state() == each && node.spec().role() == role).count());
            }
        }
    }

    /**
     * Gives what the leader knows of each node.
     *
     * @param silentMillis of nodes that have a session
     * @param nowMillis    since 1970
     */
    public static void tellLags(ClusterState state, Map<NodeId, Long> silentMillis, long nowMillis,
            MetricsSink sink) {
        sink.value("jctl_cluster_sessions", "Nodes that have a session with this manager", silentMillis.size());
        for (Node node : state.nodes()) {
            Map<String, String> labels = Map.of("node", Names.node(node.id(), state), "id", node.id().value());
            Long silent = silentMillis.get(node.id());
            if (silent != null) {
                sink.value("jctl_cluster_node_heartbeat_lag_seconds", "Since when a node was last heard of", labels,
                        silent / MILLIS_PER_SECOND);
            }
            long oldest = state.tasksOf(node.id()).filter(each -> each.status().state() == TaskState.ASSIGNED)
                    .mapToLong(each -> nowMillis - each.status().sinceMillis()).max().orElse(0);
            sink.value("jctl_cluster_node_assignment_lag_seconds",
                    "How long the oldest task waits that a node was given and has not begun with", labels,
                    Math.max(0, oldest) / MILLIS_PER_SECOND);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
