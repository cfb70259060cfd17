package clusterd.raft;

import java.util.Collection;
import java.util.List;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** Members as Ratis writes them: a witness is one whose priority is lower, which also makes it hand leadership on. */
final class Peers {
    private static final int WITNESS_PRIORITY = 0;
    private static final int VOTER_PRIORITY = 1;

    private Peers() {}

    static RaftPeer of(Member member) {
        return RaftPeer.newBuilder().setId(member.id()).setAddress(member.address())
                .setPriority(member.kind() == MemberKind.WITNESS ? WITNESS_PRIORITY : VOTER_PRIORITY).build();
    }

    static List<RaftPeer> of(Collection<Member> members) {
        return members.stream().map(Peers::of).toList();
    }

    static RaftPeerId id(Member member) {
        return RaftPeerId.valueOf(member.id());
    }

    static Member member(RaftPeer peer) {
        String address = peer.getAddress();
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Member(peer.getId().toString(), bare, Integer.parseInt(address.substring(colon + 1)),
                peer.getPriority() == WITNESS_PRIORITY ? MemberKind.WITNESS : MemberKind.VOTER);
    }
}
