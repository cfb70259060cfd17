package clusterd.scheduler;

import clusterd.model.Resources;
import clusterd.model.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds tasks of lower priority whose end would let one in. */
final class Preemption {
    /** What was promised on a node in this round, of what its victims give free. */
    private final Map<NodeLoad, Resources> promised = new HashMap<>();

    /**
     * Tasks that must end.
     *
     * @param node    on which
     * @param victims in the order they were chosen; none if tasks that end anyway will do
     */
    record Plan(NodeLoad node, List<TaskId> victims) {
    }

    private record Candidate(TaskId id, Held held) {
    }

    /** Where the fewest and least important tasks must end; empty if no end of theirs would do. */
    Optional<Plan> plan(Needs needs, Fleet fleet) {
        int priority = needs.service().spec().priority();
        Plan best = null;
        long bestCost = Long.MAX_VALUE;
        for (NodeClass kind : fleet.classes()) {
            if (!suits(needs, kind.example(), true)) {
                continue;
            }
            for (Rank rank : kind.ranks()) {
                NodeLoad load = rank.node();
                if (!suits(needs, load, false)) {
                    continue;
                }
                List<Candidate> victims = victims(needs, load, priority);
                if (victims == null) {
                    continue;
                }
                long cost = cost(victims);
                if (cost < bestCost) {
                    bestCost = cost;
                    best = new Plan(load, victims.stream().filter(each -> each.held().alive())
                            .map(Candidate::id).toList());
                }
            }
        }
        if (best != null) {
            promised.merge(best.node(), needs.template().reservation(), Resources::plus);
        }
        return Optional.ofNullable(best);
    }

    /** All but what victims could give: resources and ports. */
    private static boolean suits(Needs needs, NodeLoad load, boolean ofKind) {
        for (Filter filter : Filter.values()) {
            if (filter.isOfKind() == ofKind && filter != Filter.RESOURCES && filter != Filter.HOST_PORT
                    && !filter.allows(needs, load)) {
                return false;
            }
        }
        return true;
    }

    private List<Candidate> victims(Needs needs, NodeLoad load, int priority) {
        Resources free = load.free().minus(promised.getOrDefault(load, Resources.NONE));
        Resources wanted = needs.template().reservation();
        List<Candidate> candidates = new ArrayList<>();
        load.held().forEach((id, held) -> {
            if (held.priority() < priority || !held.alive()) {
                candidates.add(new Candidate(id, held));
            }
        });
        candidates.sort(Comparator.comparing((Candidate each) -> each.held().alive())
                .thenComparing(each -> each.held().priority())
                .thenComparing(each -> -each.held().reservation().memoryBytes())
                .thenComparing(Candidate::id));
        List<Candidate> victims = new ArrayList<>();
        for (Candidate each : candidates) {
            if (free.covers(wanted) && portsAreFree(needs, load, victims)) {
                break;
            }
            free = free.plus(each.held().reservation());
            victims.add(each);
        }
        return free.covers(wanted) && portsAreFree(needs, load, victims) ? victims : null;
    }

    private static boolean portsAreFree(Needs needs, NodeLoad load, List<Candidate> victims) {
        return needs.template().hostPorts().stream().allMatch(port -> !load.isTaken(port)
                || victims.stream().anyMatch(each -> each.held().ports().contains(port)));
    }

    /** The most important victim counts most, then how many there are. */
    private static long cost(List<Candidate> victims) {
        long highest = Integer.MIN_VALUE;
        int alive = 0;
        for (Candidate each : victims) {
            if (each.held().alive()) {
                highest = Math.max(highest, each.held().priority());
                alive++;
            }
        }
        return alive == 0 ? Long.MIN_VALUE : (highest << 20) + alive;
    }
}
