package clusterd.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final Settings.Timing TIMING = new Settings.Timing(250, 500, 10_000, 2_000);
    private static final List<RaftPeer> PEERS = Peers.of(List.of(Member.voter("c", "127.0.0.1", 3),
            Member.voter("a", "127.0.0.1", 1), Member.witness("0", "127.0.0.1", 9), Member.voter("b", "127.0.0.1", 2)));

    private static long patience(String self, String leader) {
        return Succession.patienceMillis(RaftPeerId.valueOf(self), RaftPeerId.valueOf(leader), PEERS, TIMING);
    }

    @Test
    void followersCallOneAfterTheOther() {
        assertEquals(250, patience("a", "c"));
        assertEquals(350, patience("b", "c"));
    }

    @Test
    void nobodyWaitsForTheLeaderThatIsLost() {
        assertEquals(250, patience("b", "a"));
        assertEquals(350, patience("c", "a"));
    }
}
