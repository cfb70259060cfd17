package clusterd.scheduler;

import java.util.NavigableSet;

/** Goes through the nodes of a class in the order of their load, each at most once a round. */
final class ClassCursor {
    private final NavigableSet<Rank> ranks;
    private Rank next;

    ClassCursor(NodeClass of, boolean fullestFirst) {
        this.ranks = fullestFirst ? of.ranks().descendingSet() : of.ranks();
        this.next = ranks.isEmpty() ? null : ranks.first();
    }

    /** The next one, as it ranked when it was found; {@code null} at the end. */
    Rank peek() {
        return next;
    }

    /** Goes on. Nodes that rank otherwise by now may have been passed, or come again. */
    void advance() {
        next = ranks.higher(next);
    }
}
