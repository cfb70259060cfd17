package clusterd.raft;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/**
 * Keeps the connections open on which an election asks for votes. Followers say nothing to each other while there is
 * a leader, and a connection that is made when it is lost, with a handshake of TLS, takes longer than a round of the
 * election may. So each member asks each other now and then for a pre-vote that cannot be given: of term 0, with an
 * empty log, which changes nothing (Ongaro's dissertation, 9.6).
 */
final class VotePaths {
    private static final Logger LOG = Logger.getLogger(VotePaths.class.getName());
    private static final int LOOKS_BETWEEN = 15;

    private final RaftServer.Division division;
    private final PreVotes votes;
    private final Set<RaftPeerId> asking = ConcurrentHashMap.newKeySet();
    private RaftPeerId leader;
    private int looks;

    VotePaths(RaftServer.Division division, PreVotes votes) {
        this.division = division;
        this.votes = votes;
    }

    /** To be called every second: asks after there is another leader, and now and then. */
    void look() {
        RaftPeerId now = division.getInfo().getLeaderId();
        if (now == null || Objects.equals(now, leader) && ++looks < LOOKS_BETWEEN) {
            return;
        }
        leader = now;
        looks = 0;
        for (RaftPeer peer : division.getRaftConf().getCurrentPeers()) {
            if (!peer.getId().equals(division.getId()) && asking.add(peer.getId())) {
                Thread.ofVirtual().name("raft-vote-path").start(() -> ask(peer.getId()));
            }
        }
    }

    private void ask(RaftPeerId peer) {
        try {
            votes.ask(peer, PreVotes.NOTHING);
        } catch (IOException | RuntimeException away) {
            LOG.log(Level.FINE, "no path to a member that is away, for now", away);
        } finally {
            asking.remove(peer);
        }
    }
}
