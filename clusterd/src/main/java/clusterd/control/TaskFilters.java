package clusterd.control;

import clusterd.explain.Names;
import clusterd.model.Desire;
import clusterd.model.Node;
import clusterd.model.Task;
import clusterd.state.ClusterState;
import java.util.Comparator;
import java.util.List;

/** Which tasks a user wants to see. */
record TaskFilters(List<Term> terms) {
    /** By service, site and place; in a place the newest first. */
    static final Comparator<Task> ORDER = Comparator.comparing(Task::service)
            .thenComparing(Task::site).thenComparingInt(Task::slot)
            .thenComparing(each -> each.slot() == 0 ? each.node().map(Object::toString).orElse("") : "")
            .thenComparing(Comparator.comparingLong(Task::createdMillis).reversed()).thenComparing(Task::id);

    static TaskFilters of(List<String> filters) {
        return new TaskFilters(Term.of(filters, List.of("desired-state", "id", "label", "name", "node", "site")));
    }

    boolean accepts(Task task, ClusterState state) {
        return terms.stream().allMatch(each -> switch (each.key()) {
            case "desired-state" -> switch (each.value()) {
                case "running" -> task.isAlive();
                case "shutdown" -> !task.isAlive();
                case "accepted", "ready" -> task.desire() == Desire.READY;
                default -> throw new IllegalArgumentException("desired-state \"" + each.value()
                        + "\": running, ready or shutdown is expected");
            };
            case "id" -> task.id().value().startsWith(each.value());
            case "label" -> state.service(task.service()).map(service ->
                    each.isAmong(service.spec().labels())).orElse(false);
            case "site" -> task.node().flatMap(state::node).map(Node::site).orElse(task.site())
                    .equals(each.value());
            case "node" -> task.node().map(node -> node.value().startsWith(each.value())
                    || Names.node(node, state).equals(each.value())).orElse(false);
            default -> Names.of(task, state).startsWith(each.value());
        });
    }
}
