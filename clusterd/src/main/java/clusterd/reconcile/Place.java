package clusterd.reconcile;

import clusterd.model.NodeId;
import clusterd.model.Task;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where a task belongs within its service: a number, perhaps within a site, or a node.
 *
 * @param site of the number; {@code ""} = any
 * @param slot from 1; 0 if it is a node
 * @param node if it is one
 */
record Place(String site, int slot, Optional<NodeId> node) implements Comparable<Place> {
    static Place of(Task task) {
        return task.slot() == 0 ? at(task.node().orElseThrow()) : numbered(task.site(), task.slot());
    }

    static Place numbered(int slot) {
        return numbered("", slot);
    }

    static Place numbered(String site, int slot) {
        return new Place(site, slot, Optional.empty());
    }

    /** Of so many tasks: 1, 2 … */
    static Set<Place> upTo(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Place::numbered).collect(Collectors.toCollection(TreeSet::new));
    }

    static Place at(NodeId node) {
        return new Place("", 0, Optional.of(node));
    }

    @Override
    public int compareTo(Place other) {
        int bySite = site.compareTo(other.site);
        int bySlot = bySite != 0 ? bySite : Integer.compare(slot, other.slot);
        return bySlot != 0 || node.isEmpty() || other.node.isEmpty() ? bySlot
                : node.get().compareTo(other.node.get());
    }

    @Override
    public String toString() {
        return node.map(each -> "node " + each).orElse("place " + slot + (site.isEmpty() ? "" : " of site " + site));
    }
}
