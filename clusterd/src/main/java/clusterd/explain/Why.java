package clusterd.explain;

import clusterd.model.Decision;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.UpdateStatus;
import clusterd.reconcile.Standstill;
import clusterd.state.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says, in sentences, why services, tasks and nodes are as they are. */
public final class Why {
    private final ClusterState state;
    private final StringBuilder text = new StringBuilder();

    private Why(ClusterState state) {
        this.state = state;
    }

    /** Of a service: whether it is as it should be, what is missing and for what reason. */
    public static String of(Service service, ClusterState state) {
        Why why = new Why(state);
        why.say(service);
        return why.text.toString();
    }

    /**
     * Of a service, and how it is scaled.
     *
     * @param history whether also how it was before the last time
     * @param thought what the leader thinks of that now, if anybody could be asked
     */
    public static String of(Service service, ClusterState state, boolean history, Optional<String> thought) {
        Why why = new Why(state);
        why.say(service);
        why.sayScaling(service, history, thought);
        return why.text.toString();
    }

    /** Of a task: why it was made, why it is where it is, what became of it. */
    public static String of(Task task, ClusterState state) {
        Why why = new Why(state);
        why.say(task);
        return why.text.toString();
    }

    /** Of a node: whether it takes tasks, and which it has. */
    public static String of(Node node, ClusterState state) {
        Why why = new Why(state);
        why.say(node);
        return why.text.toString();
    }

    /** Of a decision: which nodes got tasks, which did not, each for what reason. */
    public static String of(Decision decision, ClusterState state) {
        Why why = new Why(state);
        why.say(decision);
        return why.text.toString();
    }

    /** What was decided about a service, the last first. */
    public static List<Decision> decisions(ServiceId service, ClusterState state) {
        return state.decisions().values().stream().filter(each -> each.service().equals(service))
                .sorted(Comparator.comparingLong(Decision::number).reversed()).toList();
    }

    /** Whether a task is known to run: of one whose node is down nobody can say. */
    public static boolean runs(Task task, ClusterState state) {
        return task.isAlive() && task.status().state() == TaskState.RUNNING && task.node().flatMap(state::node)
                .filter(each -> each.status().state() != NodeStatus.State.DOWN).isPresent();
    }

    private void line(String sentence) {
        text.append(sentence).append('\n');
    }

    private void say(Service service) {
        List<Task> tasks = state.tasksOf(service.id()).toList();
        long running = tasks.stream().filter(each -> runs(each, state)).count();
        String name = service.spec().name();
        line(switch (service.spec().mode()) {
            case Mode.Replicated replicated -> name + ": " + running + " of " + replicated.replicas() + " run";
            case Mode.Global global -> name + ": " + running + " run, one on each node that suits";
            case Mode.PerSite perSite -> SiteText.of(service, perSite, running, state);
            case Mode.Job job -> name + ": " + completed(tasks) + " of " + job.completions()
                    + " have come to a good end, " + running + " run";
            case Mode.GlobalJob globalJob -> JobText.of(service, running, state);
            case Mode.Cron cron -> name + ": runs at \"" + cron.schedule() + "\" (UTC), " + running + " run now";
        });
        if (service.spec().mode() instanceof Mode.PerSite perSite) {
            SiteText.losses(service, perSite, state).forEach(this::line);
        }
        if (service.spec().mode() instanceof Mode.GlobalJob) {
            JobText.refusals(service, state).forEach(this::line);
        }
        if (service.removed()) {
            line("It is removed, and waits for its tasks to end.");
        }
        sayUpdate(service.update());
        Standstill.of(service, state).ifPresent(why -> line("It comes no further by itself: " + why + "."));
        for (Task task : tasks) {
            if (task.isAlive() && task.status().state() != TaskState.RUNNING) {
                line(Names.of(task, state) + " " + standing(task) + ".");
            } else if (task.isAlive() && !runs(task, state)) {
                line(Names.of(task, state) + " was running on " + task.node().map(each -> Names.node(each, state))
                        .orElse("no node") + ", which is down.");
            }
        }
        List<Decision> decisions = decisions(service.id(), state);
        if (!decisions.isEmpty()) {
            say(decisions.getFirst());
        }
        tasks.stream().filter(each -> isFailure(each.status().state()))
                .max(Comparator.comparingLong(each -> each.status().sinceMillis())).ifPresent(last ->
                        line("The last that failed: " + Names.of(last, state) + " (" + last.id() + ") "
                                + standing(last) + "."));
    }

    private void sayScaling(Service service, boolean history, Optional<String> thought) {
        service.spec().autoscaling().ifPresent(wish -> {
            line("It is scaled by itself, " + wish.minimum() + " to " + wish.maximum()
                    + thought.map(each -> "; now: " + each).orElse("") + ".");
        });
        service.scalings().stream().limit(history ? Service.SCALINGS : 1).forEach(each ->
                line("Scaled " + each.from() + " → " + each.to() + " at " + time(each.atMillis()) + ": " + each.why()
                        + "."));
    }

    private static long completed(List<Task> tasks) {
        return tasks.stream().filter(each -> each.status().state() == TaskState.COMPLETE).count();
    }

    private static boolean isFailure(TaskState state) {
        return state == TaskState.FAILED || state == TaskState.REJECTED;
    }

    private void sayUpdate(UpdateStatus update) {
        String message = update.message().isEmpty() ? "" : " since " + update.message();
        switch (update.phase()) {
            case NONE, COMPLETED -> { /* nothing to explain */ }
            case UPDATING -> line("An update is under way.");
            case PAUSED -> line("Its update is paused" + message
                    + ": change it again with `jctl service update`, or `jctl service rollback`.");
            case ROLLING_BACK -> line("It is being rolled back" + message + ".");
            case ROLLBACK_PAUSED -> line("Its rollback is paused" + message + ".");
            case ROLLED_BACK -> line("It was rolled back" + message + ".");
        }
    }

    private String standing(Task task) {
        String where = task.node().map(each -> " on " + Names.node(each, state)).orElse("");
        String message = task.status().message().isEmpty() ? "" : ": " + task.status().message();
        return "is " + task.status().state().name().toLowerCase(Locale.ROOT) + where + " since "
                + time(task.status().sinceMillis()) + message;
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString().replaceFirst("\\.\\d+", "");
    }

    private void say(Decision decision) {
        if (decision.placed() < decision.wanted()) {
            line((decision.wanted() - decision.placed()) + " of " + decision.wanted() + " got no node at "
                    + time(decision.atMillis()) + ":");
        } else {
            line("Decided at " + time(decision.atMillis()) + ":");
        }
        for (Decision.Chosen each : decision.chosen()) {
            line("  " + Names.node(each.node(), state) + " got " + each.tasks() + ": " + each.why());
        }
        for (Decision.Refused each : decision.refused()) {
            String names = each.examples().isEmpty() ? "" : ": " + String.join(", ", each.examples())
                    + (each.nodes() > each.examples().size() ? ", …" : "");
            line("  " + refusal(each.nodes(), each.reason()) + names);
        }
    }

    /**
     * How many nodes, and why not them, as a sentence's beginning: "1 node lacks 2 of pool media".
     *
     * @param reason in words that follow "n nodes"
     */
    public static String refusal(long nodes, String reason) {
        if (nodes != 1) {
            return nodes + " nodes " + reason;
        }
        int space = reason.indexOf(' ');
        String verb = space < 0 ? reason : reason.substring(0, space);
        String rest = space < 0 ? "" : reason.substring(space);
        return "1 node " + switch (verb) {
            case "are" -> "is" + rest;
            case "have" -> "has" + rest;
            case "lack" -> "lacks" + rest;
            case "run" -> "runs" + rest;
            case "would" -> "would" + rest.replace("are fuller or have", "is fuller or has");
            default -> verb.equals("only") ? "only votes" : reason;
        };
    }

    private void say(Task task) {
        line(Names.of(task, state) + " (" + task.id() + ") " + standing(task));
        line("It was made at " + time(task.createdMillis()) + ": " + task.reason() + ".");
        line("What is wanted of it: " + task.desire().name().toLowerCase(Locale.ROOT) + ".");
        if (task.status().state() == TaskState.PENDING && task.notBeforeMillis() > 0) {
            line("It does not start before " + time(task.notBeforeMillis()) + ", so as not to fail again at once.");
        }
        decisions(task.service(), state).stream().filter(each -> each.specVersion() == task.specVersion()
                && each.atMillis() >= task.createdMillis()).reduce((later, earlier) -> earlier)
                .ifPresent(this::say);
    }

    private void say(Node node) {
        List<Task> tasks = state.tasksOf(node.id()).filter(Task::holdsNode).toList();
        line(node.description().hostname() + " (" + node.id() + ") is "
                + node.status().state().name().toLowerCase(Locale.ROOT) + " since "
                + time(node.status().sinceMillis()) + (node.status().message().isEmpty() ? ""
                        : ": " + node.status().message()));
        line(node.takesTasks() ? "It takes tasks." : "It takes no tasks: it is "
                + (node.status().state() == NodeStatus.State.READY
                        ? node.spec().availability().name().toLowerCase(Locale.ROOT) : "not there") + ".");
        List<String> names = new ArrayList<>(tasks.stream().map(each -> Names.of(each, state)).toList());
        line(tasks.isEmpty() ? "It has none." : "It has " + tasks.size() + ": "
                + names.stream().limit(20).collect(Collectors.joining(", ")) + (names.size() > 20 ? ", …" : ""));
        node.description().troubles().forEach(each -> line("Of its networks: " + each + "."));
    }
}
