package clusterd.control;

import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.operation.Seen;
import clusterd.raft.MemberKind;
import clusterd.raft.Standing;
import clusterd.state.ClusterState;
import java.util.List;

/** Who of the managers' group answers: as the leader knows, else as the state says of the nodes. */
public final class Reach {
    private static final long SILENT_MILLIS = 3_000;

    private Reach() {
    }

    /** The members as that manager sees them. */
    public static List<Seen> of(Standing standing, ClusterState state) {
        return standing.peers().stream().map(each -> new Seen(each.member().id(),
                each.member().kind() == MemberKind.VOTER, isInReach(each, standing.memberId(), state))).toList();
    }

    private static boolean isInReach(Standing.Peer peer, String self, ClusterState state) {
        if (peer.member().id().equals(self)) {
            return true;
        }
        if (peer.silentMillis() >= 0) {
            return peer.silentMillis() < SILENT_MILLIS;
        }
        return peer.member().kind() == MemberKind.WITNESS || state.node(new NodeId(peer.member().id()))
                .filter(each -> each.status().state() == NodeStatus.State.READY).isPresent();
    }
}
