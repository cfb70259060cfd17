package clusterd.model;

import java.util.List;

/**
 * What was decided about tasks of one service that wanted a node, and why: what {@code jctl why} reads.
 *
 * @param number      of it, rising
 * @param atMillis    since 1970
 * @param service     whose tasks
 * @param specVersion of their template
 * @param wanted      how many wanted a node
 * @param chosen      the nodes that got some
 * @param refused     why the other nodes got none: of every node that is not in {@code chosen} one reason
 */
public record Decision(long number, long atMillis, ServiceId service, long specVersion, int wanted,
        List<Chosen> chosen, List<Refused> refused) {
    /** Copies the lists. */
    public Decision {
        chosen = List.copyOf(chosen);
        refused = List.copyOf(refused);
    }

    /** How many got one. */
    public int placed() {
        return chosen.stream().mapToInt(Chosen::tasks).sum();
    }

    /**
     * A node that got some.
     *
     * @param node  which
     * @param tasks how many
     * @param why   it rather than another
     */
    public record Chosen(NodeId node, int tasks, String why) {
    }

    /**
     * Nodes that one filter refused.
     *
     * @param filter   which: {@code availability}, {@code constraint}, {@code resources} …
     * @param reason   in words that follow "n nodes": {@code lack 2 of pool media}
     * @param nodes    how many
     * @param examples the first of them, each perhaps with what is particular to it
     */
    public record Refused(String filter, String reason, int nodes, List<String> examples) {
        /** The filter of those that could not be used since the project had its quota. */
        public static final String QUOTA = "quota";
        /** How many are named. */
        public static final int EXAMPLES = 20;

        /** Copies the list. */
        public Refused {
            examples = List.copyOf(examples);
        }
    }
}
