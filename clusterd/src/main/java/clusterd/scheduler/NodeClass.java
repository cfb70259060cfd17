package clusterd.scheduler;

import clusterd.model.Availability;
import clusterd.model.Node;
import clusterd.model.NodeStatus;
import clusterd.model.Platform;
import clusterd.model.Role;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Nodes that differ in nothing a filter asks of a kind of node, only in name and in what is left of them. So
 * ten thousand nodes are asked as many questions as they have kinds.
 */
final class NodeClass {
    /** In what they do not differ. */
    record Key(Platform platform, Role role, String site, SortedMap<String, String> labels,
            SortedMap<String, String> engineLabels, SortedSet<String> named, Availability availability,
            NodeStatus.State state) {
        static Key of(Node node) {
            return new Key(node.description().platform(), node.spec().role(), node.site(),
                    node.spec().labels(), node.description().labels(),
                    new TreeSet<>(node.description().capacity().named().keySet()),
                    node.spec().availability(), node.status().state());
        }
    }

    private final Key key;
    private final TreeSet<Rank> ranks = new TreeSet<>();

    NodeClass(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    /** Its nodes, the emptiest first. */
    TreeSet<Rank> ranks() {
        return ranks;
    }

    /** Any of its nodes, to ask what they have in common. */
    NodeLoad example() {
        return ranks.first().node();
    }
}
