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
 * Keeps the connections open that are needed when a leader is lost: those on which votes are asked for, and those on
 * which proposals go to whoever leads next. Followers say nothing to each other while there is a leader, and a
 * connection that is made then, with a handshake of TLS, takes longer than the election itself. So each member says
 * something to each other now and then: it asks for a pre-vote that cannot be given, for an empty log, and what
 * members there are.
 */
final class OpenPaths {
    private static final Logger LOG = Logger.getLogger(OpenPaths.class.getName());
    private static final int LOOKS_BETWEEN = 15;

    private final RaftServer.Division division;
    private final PreVotes votes;
    private final Requests requests;
    private final Set<RaftPeerId> asking = ConcurrentHashMap.newKeySet();
    private RaftPeerId leader;
    private int looks;

    OpenPaths(RaftServer.Division division, PreVotes votes, Requests requests) {
        this.requests = requests;
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
                Thread.ofVirtual().name("raft-path").start(() -> ask(peer.getId()));
            }
        }
    }

    private void ask(RaftPeerId peer) {
        try {
            votes.ask(peer, PreVotes.NOTHING);
            requests.greet(peer);
        } catch (IOException | RuntimeException away) {
            LOG.log(Level.FINE, "no path to a member that is away, for now", away);
        } finally {
            asking.remove(peer);
        }
    }
}
