package clusterd.scheduler;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The nodes among which a spread makes no difference. Those without a task of the service come first, by load;
 * then those with the fewest. When packing, the fullest that fits comes first whatever it has.
 */
final class Leaf {
    /** How much fuller a node may be that has the image already. */
    private static final double WORTH_OF_IMAGE = 0.25;
    private static final int IMAGE_NODES_LOOKED_AT = 64;
    private static final Filter[] OF_NODE = Arrays.stream(Filter.values())
            .filter(each -> !each.isOfKind()).toArray(Filter[]::new);

    private final Needs needs;
    private final Fleet fleet;
    private final boolean packing;
    private final Set<NodeClass> classes;
    private final PriorityQueue<ClassCursor> cursors;
    private final PriorityQueue<Used> used = new PriorityQueue<>();
    private int tasks;
    private NodeLoad packed;

    /** A node that has tasks of the service. */
    private record Used(int tasks, Rank rank) implements Comparable<Used> {
        @Override
        public int compareTo(Used other) {
            int byTasks = Integer.compare(tasks, other.tasks);
            return byTasks != 0 ? byTasks : rank.compareTo(other.rank);
        }
    }

    Leaf(List<NodeClass> classes, Needs needs, Fleet fleet) {
        this.needs = needs;
        this.fleet = fleet;
        this.packing = needs.placement().binpack();
        this.classes = new HashSet<>(classes);
        Comparator<ClassCursor> byRank = Comparator.comparing(ClassCursor::peek);
        this.cursors = new PriorityQueue<>(packing ? byRank.reversed() : byRank);
        for (NodeClass each : classes) {
            cursors.add(new ClassCursor(each, packing));
        }
        fleet.nodesOf(needs.service().id()).forEach((load, count) -> {
            if (this.classes.contains(fleet.classOf(load))) {
                tasks += count;
                used.add(new Used(count, new Rank(load.load(), load)));
            }
        });
    }

    int tasks() {
        return tasks;
    }

    /** The best node for one more task, or {@code null}; whoever asks gives it the task before asking again. */
    NodeLoad choose() {
        if (packing) {
            return choosePacked();
        }
        NodeLoad unused = nextUnused();
        if (unused != null) {
            NodeLoad withImage = withImage(unused);
            NodeLoad chosen = withImage == null ? unused : withImage;
            used.add(new Used(1, new Rank(chosen.load(), chosen)));
            return chosen;
        }
        while (!used.isEmpty()) {
            Used fewest = used.poll();
            NodeLoad load = fewest.rank().node();
            if (fits(load)) {
                used.add(new Used(fewest.tasks() + 1, new Rank(load.load(), load)));
                return load;
            }
        }
        return null;
    }

    private NodeLoad choosePacked() {
        if (packed != null && fits(packed)) {
            return packed;
        }
        packed = nextThat(false);
        return packed;
    }

    private NodeLoad nextUnused() {
        return nextThat(true);
    }

    /** The next fitting node of all cursors, which stay at it: it may do once more, or be overtaken. */
    private NodeLoad nextThat(boolean unused) {
        while (!cursors.isEmpty()) {
            ClassCursor best = cursors.peek();
            NodeLoad load = best.peek().node();
            if (!(unused && load.runsAny(needs.service().id())) && fits(load)) {
                return load;
            }
            cursors.poll();
            best.advance();
            if (best.peek() != null) {
                cursors.add(best);
            }
        }
        return null;
    }

    private NodeLoad withImage(NodeLoad otherwise) {
        Set<NodeLoad> having = fleet.withImage(needs.template().container().image());
        if (having.isEmpty() || having.contains(otherwise)) {
            return null;
        }
        NodeLoad best = null;
        int looked = 0;
        for (NodeLoad each : having) {
            if (looked++ == IMAGE_NODES_LOOKED_AT) {
                break;
            }
            if (each.load() <= otherwise.load() + WORTH_OF_IMAGE
                    && (best == null || each.load() < best.load())
                    && classes.contains(fleet.classOf(each)) && !each.runsAny(needs.service().id())
                    && fits(each)) {
                best = each;
            }
        }
        return best;
    }

    private boolean fits(NodeLoad load) {
        for (Filter each : OF_NODE) {
            if (!each.allows(needs, load)) {
                return false;
            }
        }
        return true;
    }
}
