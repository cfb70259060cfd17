package clusterd.scheduler;

import clusterd.model.Decision.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Why nodes did not get a task: of each the first filter that refuses it. */
final class Explanation {
    /** Up to so many nodes, those that would have done are asked one by one as well. */
    private static final int SMALL_FLEET = 1000;

    /** What nodes share that were refused for the same reason. */
    private record Why(String filter, String reason) {
    }

    /** How many there are, and the first of them. */
    private static final class Group {
        private int nodes;
        private final List<String> examples = new ArrayList<>();

        void add(String example) {
            nodes++;
            if (examples.size() < Refused.EXAMPLES) {
                examples.add(example);
            }
        }
    }

    private final Map<Why, Group> groups = new LinkedHashMap<>();

    private Explanation() {
    }

    /**
     * Of all nodes but those.
     *
     * @param chosen nodes that got a task
     * @param whole  whether every node is asked, however many there are
     */
    static List<Refused> of(Needs needs, Fleet fleet, Set<NodeLoad> chosen, boolean whole) {
        Explanation explanation = new Explanation();
        boolean each = whole || fleet.loads().size() <= SMALL_FLEET;
        for (NodeClass kind : fleet.classes()) {
            if (each || !refusal(needs, kind.example(), true).isEmpty()) {
                for (Rank rank : kind.ranks()) {
                    if (!chosen.contains(rank.node())) {
                        explanation.ask(needs, rank.node());
                    }
                }
            }
        }
        List<Refused> all = new ArrayList<>();
        explanation.groups.forEach((why, group) ->
                all.add(new Refused(why.filter(), why.reason(), group.nodes, group.examples)));
        return all;
    }

    private static String refusal(Needs needs, NodeLoad load, boolean ofKind) {
        for (Filter filter : Filter.values()) {
            if (!ofKind || filter.isOfKind()) {
                String reason = filter.refusal(needs, load);
                if (!reason.isEmpty()) {
                    return reason;
                }
            }
        }
        return Filter.NONE;
    }

    private void ask(Needs needs, NodeLoad load) {
        String name = load.node().description().hostname();
        for (Filter filter : Filter.values()) {
            String reason = filter.refusal(needs, load);
            if (!reason.isEmpty()) {
                add(filter.name().toLowerCase(Locale.ROOT), reason,
                        name + filter.particular(needs, load));
                return;
            }
        }
        add("score", "would do as well, and are fuller or have more of its tasks", name);
    }

    private void add(String filter, String reason, String example) {
        groups.computeIfAbsent(new Why(filter, reason), key -> new Group()).add(example);
    }
}
