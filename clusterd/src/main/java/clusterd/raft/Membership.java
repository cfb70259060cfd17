package clusterd.raft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From the members that are to those that shall be, one safe step at a time: each newcomer alone, so that no
 * group ever waits for a majority that has yet to catch up, then all that go at once.
 */
final class Membership {
    private Membership() {}

    /** Why the members cannot become these; empty if they can. */
    static Optional<String> refusal(List<Member> now, List<Member> wanted) {
        Set<String> ids = new HashSet<>();
        for (Member member : wanted) {
            if (!ids.add(member.id())) {
                return Optional.of("member " + member.id() + " is named twice");
            }
        }
        if (wanted.stream().noneMatch(member -> member.kind() == MemberKind.VOTER)) {
            return Optional.of("a group needs a voter; these are " + wanted);
        }
        Map<String, Member> current = byId(now);
        for (Member member : wanted) {
            Member before = current.get(member.id());
            if (before != null && before.kind() != member.kind()) {
                return Optional.of("member " + member.id() + " is a " + before.kind() + " and cannot become a "
                        + member.kind() + ": take it out, empty its data folder, and let it join anew");
            }
        }
        if (wanted.stream().noneMatch(member -> member.kind() == MemberKind.VOTER && current.containsKey(member.id()))) {
            return Optional.of("no voter of " + now + " would stay, so nobody would have the state");
        }
        return Optional.empty();
    }

    /** The members of the next step; empty: they are those wanted. */
    static Optional<List<Member>> next(List<Member> now, List<Member> wanted) {
        Map<String, Member> current = byId(now);
        for (Member member : wanted) {
            if (!current.containsKey(member.id())) {
                List<Member> step = new ArrayList<>(now);
                step.add(member);
                return Optional.of(step);
            }
        }
        return Set.copyOf(now).equals(Set.copyOf(wanted)) ? Optional.empty() : Optional.of(List.copyOf(wanted));
    }

    private static Map<String, Member> byId(List<Member> members) {
        Map<String, Member> byId = new HashMap<>();
        members.forEach(member -> byId.put(member.id(), member));
        return byId;
    }
}
