package runtime.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Decides which NUMA node of a machine a container is near. */
public final class TopologyChoice {
    private static final long KIB = 1_024;

    private TopologyChoice() {}

    /**
     * Of the nodes that have all that is wanted, the one that would have the fewest processors left: so that large wishes still find a node.
     *
     * @param nodes    what is free
     * @param anywhere devices of which nobody knows what they are near, by kind: they do for every node
     */
    public static TopologyDecision decide(List<NumaNode> nodes, Map<String, Integer> anywhere, TopologyRequest wanted) {
        if (wanted.alignment() != Alignment.NONE) {
            Optional<NumaNode> node = nodes.stream().filter(each -> lacking(each, anywhere, wanted).isEmpty())
                    .min(Comparator.<NumaNode>comparingInt(each -> each.cpus().size()).thenComparingInt(NumaNode::id));
            if (node.isPresent()) {
                return new TopologyDecision.Placed(OptionalInt.of(node.get().id()), node.get().cpus().first(wanted.cpus()),
                        "NUMA node " + node.get().id() + " has all of it");
            }
            if (wanted.alignment() == Alignment.REQUIRED) {
                return new TopologyDecision.Refused("no NUMA node has all of it: " + lacking(nodes, anywhere, wanted));
            }
        }
        return spread(nodes, anywhere, wanted);
    }

    private static TopologyDecision spread(List<NumaNode> nodes, Map<String, Integer> anywhere, TopologyRequest wanted) {
        NumaNode all = together(nodes);
        List<String> lacking = lacking(all, anywhere, wanted);
        if (!lacking.isEmpty()) {
            return new TopologyDecision.Refused("the machine lacks " + String.join(", ", lacking));
        }
        CpuList cpus = CpuList.NONE;
        // From as few nodes as can be: those that have the most.
        List<NumaNode> most = nodes.stream().sorted(Comparator.<NumaNode>comparingInt(each -> -each.cpus().size()).thenComparingInt(NumaNode::id)).toList();
        for (NumaNode each : most) {
            cpus = cpus.with(each.cpus().first(Math.min(each.cpus().size(), wanted.cpus() - cpus.size())));
        }
        return new TopologyDecision.Placed(OptionalInt.empty(), cpus, wanted.alignment() == Alignment.NONE ? "it does not matter which NUMA node is near"
                : "it is spread, since no NUMA node has all of it: " + lacking(nodes, anywhere, wanted));
    }

    private static NumaNode together(List<NumaNode> nodes) {
        CpuList cpus = CpuList.NONE;
        Map<Long, Long> pages = new TreeMap<>();
        Map<String, Integer> devices = new TreeMap<>();
        for (NumaNode each : nodes) {
            cpus = cpus.with(each.cpus());
            each.hugePages().forEach((size, count) -> pages.merge(size, count, Long::sum));
            each.devices().forEach((kind, count) -> devices.merge(kind, count, Integer::sum));
        }
        return new NumaNode(-1, cpus, pages, devices);
    }

    private static String lacking(List<NumaNode> nodes, Map<String, Integer> anywhere, TopologyRequest wanted) {
        return String.join("; ", nodes.stream().map(each -> "node " + each.id() + " lacks " + String.join(", ", lacking(each, anywhere, wanted)))
                .toList());
    }

    /** What a node has too little of, in words. */
    private static List<String> lacking(NumaNode node, Map<String, Integer> anywhere, TopologyRequest wanted) {
        List<String> lacking = new ArrayList<>();
        if (node.cpus().size() < wanted.cpus()) {
            lacking.add((wanted.cpus() - node.cpus().size()) + " of " + wanted.cpus() + " processors");
        }
        wanted.hugePages().forEach((size, count) -> {
            long free = node.hugePages().getOrDefault(size, 0L);
            if (free < count) {
                lacking.add((count - free) + " of " + count + " pages of " + text(size));
            }
        });
        wanted.devices().forEach((kind, count) -> {
            int free = node.devices().getOrDefault(kind, 0) + anywhere.getOrDefault(kind, 0);
            if (free < count) {
                lacking.add((count - free) + " of " + count + " " + kind);
            }
        });
        return lacking;
    }

    private static String text(long bytes) {
        return bytes >= KIB * KIB * KIB ? bytes / (KIB * KIB * KIB) + " GiB" : bytes >= KIB * KIB ? bytes / (KIB * KIB) + " MiB" : bytes / KIB + " KiB";
    }
}
