package clusterd.scheduler;

/**
 * Where a node stands among its like, the emptiest first.
 *
 * @param load 0 to about 1: the largest share of anything it has that is taken
 * @param node whose
 */
record Rank(double load, NodeLoad node) implements Comparable<Rank> {
    @Override
    public int compareTo(Rank other) {
        int byLoad = Double.compare(load, other.load);
        return byLoad != 0 ? byLoad : Integer.compare(node.order(), other.node.order());
    }
}
