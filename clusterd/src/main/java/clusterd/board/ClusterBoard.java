package clusterd.board;

import clusterd.explain.Names;
import clusterd.explain.Why;
import clusterd.model.Decision;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdateStatus;
import clusterd.reconcile.JobProgress;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The board of a cluster's state. Of what there is too much of, the newest is shown, and how much there is. */
public final class ClusterBoard {
    /** More tasks than that nobody tells apart. */
    public static final int MOST_TASKS = 2000;
    /** So many of those that have ended: the last. */
    public static final int MOST_ENDED = 200;
    /** The last so many decisions. */
    public static final int MOST_DECISIONS = 100;
    /** So many nodes and so many services, by name. */
    public static final int MOST_NAMED = 500;

    private final ClusterState state;
    private final Standpoint standpoint;
    private final SortedMap<String, String> parts = new TreeMap<>();

    private ClusterBoard(ClusterState state, Standpoint standpoint) {
        this.state = state;
        this.standpoint = standpoint;
    }

    /** Of that state, seen from there. */
    public static Board of(ClusterState state, Standpoint standpoint) {
        ClusterBoard board = new ClusterBoard(state, standpoint);
        board.parts.put("cluster", Json.of(board.cluster()));
        state.nodes().stream().sorted(Comparator.comparing(each -> each.description().hostname()))
                .limit(MOST_NAMED).forEach(each -> board.put("node/" + each.id().value(), board.of(each)));
        state.services().stream().sorted(Comparator.comparing(each -> each.spec().name()))
                .limit(MOST_NAMED).forEach(each -> board.put("service/" + each.id().value(), board.of(each)));
        board.shownTasks().forEach(each -> board.put("task/" + each.id().value(), board.of(each)));
        List<Decision> decisions = new ArrayList<>(state.decisions().values());
        decisions.subList(Math.max(0, decisions.size() - MOST_DECISIONS), decisions.size())
                .forEach(each -> board.put("decision/" + each.number(), board.of(each)));
        return new Board(board.parts);
    }

    private void put(String key, Map<String, Object> part) {
        parts.put(key, Json.of(part));
    }

    private List<Task> shownTasks() {
        List<Task> shown = new ArrayList<>(state.tasks().stream().filter(each -> !each.status().state().isEnd())
                .limit(MOST_TASKS).toList());
        state.tasks().stream().filter(each -> each.status().state().isEnd())
                .sorted(Comparator.comparingLong((Task each) -> each.status().sinceMillis()).reversed())
                .limit(MOST_ENDED).forEach(shown::add);
        return shown;
    }

    private Map<String, Object> cluster() {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("situation", "manager");
        part.put("id", standpoint.clusterId());
        part.put("self", standpoint.self());
        part.put("leader", standpoint.leader());
        part.put("term", standpoint.term());
        part.put("nodes", state.nodes().size());
        part.put("services", state.services().size());
        part.put("tasks", state.tasks().stream().filter(each -> !each.status().state().isEnd()).count());
        return part;
    }

    private Map<String, Object> of(Node node) {
        String id = node.id().value();
        List<Task> tasks = state.tasksOf(node.id()).filter(Task::holdsNode).toList();
        Resources reserved = tasks.stream().map(each -> template(each).map(TaskTemplate::reservation)
                .orElse(Resources.NONE)).reduce(Resources.NONE, Resources::plus);
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("id", id);
        part.put("name", Names.node(node.id(), state));
        part.put("role", word(node.spec().role()));
        part.put("availability", word(node.spec().availability()));
        part.put("state", word(node.status().state()));
        part.put("since", node.status().sinceMillis());
        part.put("message", node.status().message());
        part.put("address", node.status().address());
        part.put("leader", id.equals(standpoint.leader()));
        part.put("self", id.equals(standpoint.self()));
        part.put("answers", standpoint.answers().getOrDefault(id, true));
        part.put("site", node.spec().site());
        part.put("labels", node.spec().labels());
        part.put("engine", node.description().engineVersion());
        part.put("tasks", tasks.size());
        part.put("capacity", amounts(node.description().capacity()));
        part.put("reserved", amounts(reserved));
        return part;
    }

    private static Map<String, Object> amounts(Resources resources) {
        return new TreeMap<>(Map.of("cpu", resources.cpuMillis(), "memory", resources.memoryBytes(),
                "named", resources.named()));
    }

    private Optional<TaskTemplate> template(Task task) {
        return state.service(task.service()).map(each -> each.templates().get(task.specVersion()));
    }

    private Map<String, Object> of(Service service) {
        List<Task> tasks = state.tasksOf(service.id()).toList();
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("id", service.id().value());
        part.put("name", service.spec().name());
        part.put("project", service.spec().project());
        part.put("image", service.spec().task().container().image());
        part.put("removed", service.removed());
        part.put("created", service.createdMillis());
        part.put("mode", mode(service.spec().mode()));
        part.put("wanted", service.removed() ? 0 : wanted(service,
                (int) tasks.stream().filter(Task::isAlive).count()));
        part.put("running", (int) tasks.stream().filter(each -> Why.runs(each, state)).count());
        part.put("current", (int) tasks.stream().filter(each -> Why.runs(each, state)
                && each.specVersion() == service.specVersion()).count());
        part.put("completed", JobProgress.of(service, state).completed());
        part.put("version", service.specVersion());
        UpdateStatus update = service.update();
        part.put("update", word(update.phase()));
        part.put("updateMessage", update.message());
        return part;
    }

    private static String mode(Mode mode) {
        return switch (mode) {
            case Mode.Replicated replicated -> replicated.unique() ? "replicated, unique" : "replicated";
            case Mode.Global global -> "global";
            case Mode.Job job -> "replicated-job";
            case Mode.Cron cron -> "cron " + cron.schedule();
            case Mode.PerSite perSite -> "per site";
            case Mode.GlobalJob globalJob -> "global-job";
        };
    }

    private int wanted(Service service, int alive) {
        return switch (service.spec().mode()) {
            case Mode.Replicated replicated -> replicated.replicas();
            case Mode.Job job -> job.completions();
            case Mode.Global global -> alive;
            case Mode.Cron cron -> alive;
            case Mode.PerSite perSite -> alive;
            case Mode.GlobalJob globalJob -> JobProgress.of(service, state).nodes();
        };
    }

    private Map<String, Object> of(Task task) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("id", task.id().value());
        part.put("name", Names.of(task, state));
        part.put("service", task.service().value());
        part.put("slot", task.slot());
        part.put("node", task.node().map(each -> each.value()).orElse(""));
        part.put("state", word(task.status().state()));
        part.put("ended", task.status().state().isEnd());
        part.put("wanted", task.desire().isAlive());
        part.put("since", task.status().sinceMillis());
        part.put("message", task.status().message());
        part.put("reason", task.reason());
        part.put("created", task.createdMillis());
        part.put("version", task.specVersion());
        part.put("container", !task.status().containerId().isEmpty());
        task.status().exitCode().ifPresent(code -> part.put("exit", code));
        return part;
    }

    private Map<String, Object> of(Decision decision) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("number", decision.number());
        part.put("at", decision.atMillis());
        part.put("service", decision.service().value());
        part.put("name", state.service(decision.service()).map(each -> each.spec().name())
                .orElse(decision.service().value()));
        part.put("wanted", decision.wanted());
        part.put("placed", decision.placed());
        part.put("text", Why.of(decision, state));
        return part;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
