package clusterd.operation;

import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Role;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a leader does next so that the managers' group consists of managers and witnesses alone. */
public sealed interface GroupStep {
    /** Nothing: the group is as the state says. */
    record None() implements GroupStep {
    }

    /** Another member shall lead, since this one is to leave. */
    record HandOver() implements GroupStep {
    }

    /** These leave, at once. */
    record TakeOut(List<String> ids) implements GroupStep {
        /** Copies the list. */
        public TakeOut {
            ids = List.copyOf(ids);
        }
    }

    /** Somebody should leave, and cannot now. */
    record Wait(String why) implements GroupStep {
    }

    /**
     * Decides.
     *
     * @param self who leads
     */
    static GroupStep decide(ClusterState state, List<Seen> members, String self) {
        List<String> leaving = new ArrayList<>();
        List<Seen> left = new ArrayList<>(members);
        for (Seen member : members) {
            Optional<Node> node = state.node(new NodeId(member.id()));
            Role wanted = node.map(each -> each.spec().role()).orElse(Role.WORKER);
            if (wanted != Role.WORKER) {
                continue;
            }
            Optional<String> refusal = Departure.refusal(left, member.id(),
                    node.map(each -> each.description().hostname()).orElse(member.id()));
            if (refusal.isPresent()) {
                return leaving.isEmpty() ? new Wait(refusal.get()) : new TakeOut(leaving);
            }
            if (member.id().equals(self)) {
                return new HandOver();
            }
            leaving.add(member.id());
            left.remove(member);
        }
        return leaving.isEmpty() ? new None() : new TakeOut(leaving);
    }
}
