package clusterd.model;

/**
 * Names a node for as long as the cluster lives; chosen at random by whoever proposes it.
 *
 * @param value 1 to 64 letters, digits and {@code -}
 */
public record NodeId(String value) implements Comparable<NodeId> {
    /** Refuses what could not have been made by this program. */
    public NodeId {
        Identifier.check("NodeId", value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
