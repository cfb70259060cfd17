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
    private static final int SMALL_FLEET = 200;

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
            if (each) {
                kind.ranks().stream().map(Rank::node).filter(load -> !chosen.contains(load))
                        .forEach(load -> explanation.ask(needs, load));
            } else {
                explanation.ask(needs, kind);
            }
        }
        List<Refused> all = new ArrayList<>();
        explanation.groups.forEach((why, group) ->
                all.add(new Refused(why.filter(), why.reason(), group.nodes, group.examples)));
        return all;
    }

    /** Of a kind of which no node got a task since none could. */
    private void ask(Needs needs, NodeClass kind) {
        for (Filter filter : Filter.values()) {
            String reason = filter.isOfKind() ? filter.refusal(needs, kind.example()) : Filter.NONE;
            if (!reason.isEmpty()) {
                Group group = group(filter, reason);
                for (Rank rank : kind.ranks()) {
                    if (group.examples.size() == Refused.EXAMPLES) {
                        break;
                    }
                    group.add(name(rank.node()) + filter.particular(needs, rank.node()));
                    group.nodes--;
                }
                group.nodes += kind.ranks().size();
                return;
            }
        }
    }

    private void ask(Needs needs, NodeLoad load) {
        for (Filter filter : Filter.values()) {
            String reason = filter.refusal(needs, load);
            if (!reason.isEmpty()) {
                group(filter, reason).add(name(load) + filter.particular(needs, load));
                return;
            }
        }
        group("score", "would do as well, and are fuller or have more of its tasks").add(name(load));
    }

    private static String name(NodeLoad load) {
        return load.node().description().hostname();
    }

    private Group group(Filter filter, String reason) {
        return group(filter.name().toLowerCase(Locale.ROOT), reason);
    }

    private Group group(String filter, String reason) {
        return groups.computeIfAbsent(new Why(filter, reason), key -> new Group());
    }
}
