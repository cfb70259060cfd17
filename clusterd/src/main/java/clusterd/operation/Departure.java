package clusterd.operation;

import java.util.List;
import java.util.Optional;

/** Whether a member may leave the managers' group. */
public final class Departure {
    private Departure() {
    }

    /**
     * Why it may not: nobody would have the state, or no majority would answer, before or after. Empty if it may,
     * or is no member.
     *
     * @param name of its node, for the sentence
     */
    public static Optional<String> refusal(List<Seen> members, String id, String name) {
        if (members.stream().noneMatch(each -> each.id().equals(id))) {
            return Optional.empty();
        }
        List<Seen> left = members.stream().filter(each -> !each.id().equals(id)).toList();
        if (left.stream().noneMatch(Seen::voter)) {
            return Optional.of("node " + name + " is the only manager with the cluster's state: promote another one"
                    + " first");
        }
        if (left.stream().noneMatch(each -> each.voter() && each.inReach())) {
            return Optional.of("no other manager than " + name + " with the cluster's state is in reach: bring one"
                    + " up first");
        }
        long now = members.stream().filter(Seen::inReach).count();
        if (isNoMajority(now, members.size())) {
            return Optional.of("only " + now + " of " + members.size() + " members of the managers' group are in"
                    + " reach, and more than half must agree: bring others up first, or see `jctl cluster recover`");
        }
        long then = left.stream().filter(Seen::inReach).count();
        if (isNoMajority(then, left.size())) {
            return Optional.of("without node " + name + " the managers' group would have " + left.size()
                    + " members, of which " + then + (then == 1 ? " is" : " are") + " in reach, and nothing could be"
                    + " changed any more: bring the others up, or remove them first");
        }
        return Optional.empty();
    }

    private static boolean isNoMajority(long some, int all) {
        return some * 2 <= all;
    }
}
