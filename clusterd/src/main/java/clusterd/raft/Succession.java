package clusterd.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;

/**
 * Calls the election when the leader is silent. Ratis' own follower sleeps for a whole timeout between two looks at
 * when it last heard the leader, so it takes up to two; this looks when the silence will have been long enough, and
 * lets one follower after the other call, so that votes are seldom split. None is called unless a majority, this
 * member included, hears no leader either and would vote for it; where that does not come to pass, Ratis' own
 * election follows.
 */
final class Succession {
    private static final Logger LOG = Logger.getLogger(Succession.class.getName());
    /** By which a follower lets the one before it go first: time enough for a vote on a slow disk. */
    private static final int STEP_MILLIS = 100;
    private static final int SHORTEST_REST_MILLIS = 5;
    private static final int FIRST_REFUSED_REST_MILLIS = 25;

    private final RaftServer server;
    private final RaftServer.Division division;
    private final PreVotes votes;
    private final Settings.Timing timing;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long refusedRestMillis = FIRST_REFUSED_REST_MILLIS;

    Succession(RaftServer server, RaftServer.Division division, PreVotes votes, Settings.Timing timing) {
        this.server = server;
        this.division = division;
        this.votes = votes;
        this.timing = timing;
    }

    void start() {
        Thread.ofVirtual().name("raft-succession").start(this::run);
    }

    void close() {
        closed.countDown();
    }

    private void run() {
        try {
            long restMillis = timing.electionMinMillis();
            while (!closed.await(restMillis, TimeUnit.MILLISECONDS)) {
                restMillis = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return for how long nothing need be done */
    private long look() throws InterruptedException {
        DivisionInfo info = division.getInfo();
        RaftPeerId leader = info.getLeaderId();
        if (!info.isFollower() || leader == null || leader.equals(division.getId())) {
            return timing.electionMinMillis();
        }
        FollowerInfoProto follower = info.getRoleInfoProto().getFollowerInfo();
        long silentMillis = follower.getOutstandingOp() > 0 ? 0 : follower.getLeaderInfo().getLastRpcElapsedTimeMs();
        Collection<RaftPeer> peers = division.getRaftConf().getCurrentPeers();
        long patienceMillis = patienceMillis(division.getId(), leader, peers, timing);
        if (silentMillis < patienceMillis) {
            refusedRestMillis = FIRST_REFUSED_REST_MILLIS;
            return Math.max(SHORTEST_REST_MILLIS, patienceMillis - silentMillis);
        }
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        if (last != null && wouldWin(leader, peers, last.toProto())) {
            call(leader, last.toProto());
            return timing.electionMinMillis();
        }
        long restMillis = refusedRestMillis;
        refusedRestMillis = Math.min(2 * refusedRestMillis, timing.electionMaxMillis());
        return restMillis;
    }

    /** How long a member bears a leader's silence: the first of the other voters, by their ids, the least. */
    static long patienceMillis(RaftPeerId self, RaftPeerId leader, Collection<RaftPeer> peers, Settings.Timing timing) {
        long before = peers.stream().filter(each -> Peers.member(each).kind() == MemberKind.VOTER)
                .map(RaftPeer::getId).filter(each -> !each.equals(leader))
                .filter(each -> each.toString().compareTo(self.toString()) < 0).count();
        return timing.electionMinMillis() + before * STEP_MILLIS;
    }

    private boolean wouldWin(RaftPeerId leader, Collection<RaftPeer> peers, TermIndexProto last)
            throws InterruptedException {
        if (!division.getRaftConf().getPreviousPeers().isEmpty()) {
            return false; // members are being changed: a majority is not simply one
        }
        List<RaftPeerId> asked = peers.stream().map(RaftPeer::getId)
                .filter(each -> !each.equals(leader) && !each.equals(division.getId())).toList();
        LinkedBlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();
        asked.forEach(each -> Thread.ofVirtual().name("raft-pre-vote").start(() -> answers.add(ask(each, last))));
        int missing = peers.size() / 2;
        for (int answered = 0; missing > 0 && answered < asked.size(); answered++) {
            Boolean granted = answers.poll(timing.electionMinMillis(), TimeUnit.MILLISECONDS);
            if (granted == null) {
                return false;
            }
            missing -= granted ? 1 : 0;
        }
        return missing <= 0;
    }

    private boolean ask(RaftPeerId peer, TermIndexProto last) {
        try {
            return votes.ask(peer, last);
        } catch (IOException | RuntimeException away) {
            LOG.log(Level.FINE, "a member that is away has no vote", away);
            return false;
        }
    }

    /** As if the leader had asked this member to take over. */
    private void call(RaftPeerId leader, TermIndexProto last) {
        try {
            server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                    .setServerRequest(RaftRpcRequestProto.newBuilder().setRequestorId(leader.toByteString())
                            .setReplyId(division.getId().toByteString())
                            .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(division.getGroup().getGroupId())))
                    .setLeaderLastEntry(last).build());
        } catch (IOException | RuntimeException notNow) {
            LOG.log(Level.FINE, "this member is on its way out, or leads by now", notNow);
        }
    }
}
