package clusterd.raft;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.util.ProtoUtils;

/** Asks other members whether they would vote for this one, which binds nobody (Ongaro's dissertation, 9.6). */
final class PreVotes {
    /** That of a log without entries: nobody who has one votes for it. */
    static final TermIndexProto NOTHING = TermIndexProto.getDefaultInstance();

    private final RaftServer.Division division;
    private final RaftServerRpc rpc;

    PreVotes(RaftServer.Division division, RaftServerRpc rpc) {
        this.division = division;
        this.rpc = rpc;
    }

    /**
     * Whether a member hears no leader, and would vote for a log that ends so.
     *
     * @throws IOException if it does not answer; gRPC throws its own unchecked one as well
     */
    boolean ask(RaftPeerId peer, TermIndexProto lastEntry) throws IOException {
        RaftRpcRequestProto.Builder request = RaftRpcRequestProto.newBuilder()
                .setRequestorId(division.getId().toByteString()).setReplyId(peer.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(division.getGroup().getGroupId()));
        return rpc.requestVote(RequestVoteRequestProto.newBuilder().setServerRequest(request)
                .setCandidateTerm(division.getInfo().getCurrentTerm()).setCandidateLastEntry(lastEntry)
                .setPreVote(true).build()).getServerReply().getSuccess();
    }
}
