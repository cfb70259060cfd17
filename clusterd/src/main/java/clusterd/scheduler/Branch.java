package clusterd.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The nodes that share the values of some levels of a spread, as a tree: its leaves hold nodes. A task goes
 * down to where the fewest of its service are.
 */
final class Branch {
    private static final Comparator<Branch> FEWEST = Comparator.comparingInt((Branch each) -> each.tasks)
            .thenComparing(each -> each.value);

    private final String value;
    private int tasks;
    private final PriorityQueue<Branch> branches = new PriorityQueue<>(FEWEST);
    private final Leaf leaf;

    private Branch(String value, Leaf leaf) {
        this.value = value;
        this.leaf = leaf;
    }

    /** Of these classes, all of which may have a task. */
    static Branch of(List<NodeClass> classes, Needs needs, Fleet fleet) {
        return of("", classes, List.of(), needs, fleet);
    }

    private static Branch of(String value, List<NodeClass> classes, List<String> passed, Needs needs,
            Fleet fleet) {
        List<String> levels = needs.placement().spread().stream().filter(Branch::isOfKind).toList();
        if (passed.size() == levels.size()) {
            Leaf leaf = new Leaf(classes, needs, fleet);
            Branch end = new Branch(value, leaf);
            end.tasks = leaf.tasks();
            return end;
        }
        String level = levels.get(passed.size());
        Map<String, List<NodeClass>> byValue = new LinkedHashMap<>();
        for (NodeClass each : classes) {
            byValue.computeIfAbsent(each.example().node().attribute(level), key -> new ArrayList<>()).add(each);
        }
        Branch branch = new Branch(value, null);
        List<String> further = new ArrayList<>(passed);
        further.add(level);
        byValue.forEach((key, members) -> {
            Branch below = of(key, members, further, needs, fleet);
            branch.tasks += below.tasks;
            branch.branches.add(below);
        });
        return branch;
    }

    /** A level at which each node is by itself is what leaves do anyway. */
    private static boolean isOfKind(String level) {
        return !level.equals("node.id") && !level.equals("node.hostname");
    }

    /** The best node for one more task, which is counted as placed there; {@code null} if none fits. */
    NodeLoad choose() {
        if (leaf != null) {
            NodeLoad chosen = leaf.choose();
            tasks += chosen == null ? 0 : 1;
            return chosen;
        }
        while (!branches.isEmpty()) {
            Branch fewest = branches.poll();
            NodeLoad chosen = fewest.choose();
            if (chosen != null) {
                branches.add(fewest);
                tasks++;
                return chosen;
            }
        }
        return null;
    }
}
