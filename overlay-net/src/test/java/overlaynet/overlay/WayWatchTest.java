package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import overlaynet.trace.NodeEvidence;
import overlaynet.trace.TunnelKind;

/** Ways that hold, that do not, and nodes that are gone, on a clock of the test's. */
class WayWatchTest {
    private static final InetAddress B = InetAddress.ofLiteral("192.0.2.2");
    private static final InetAddress C = InetAddress.ofLiteral("192.0.2.3");

    private final Packets packets = new Packets();
    private final List<String> journal = new ArrayList<>();
    private final WayWatch watch = new WayWatch(packets, journal::add);
    private long nowNanos;

    /** Which answer, and how. */
    private static final class Packets implements WayTrial {
        private final Set<InetAddress> silent = new HashSet<>();
        private final Map<InetAddress, NodeEvidence.Tunnel> bridges = new HashMap<>();
        private final List<InetAddress> tried = new ArrayList<>();

        @Override
        public boolean answers(InetAddress underlay) {
            return !silent.contains(underlay);
        }

        @Override
        public NodeEvidence.Tunnel tunnel(String node, InetAddress bridge, int mtuBytes) throws IOException {
            tried.add(bridge);
            NodeEvidence.Tunnel found = bridges.get(bridge);
            if (found == null) {
                throw new IOException("socket: EMFILE");
            }
            return found;
        }

        void well(Way... all) {
            for (Way each : all) {
                bridges.put(each.bridge(), new NodeEvidence.Tunnel(each.node(), each.bridge(), true, each.mtuBytes()));
            }
        }

        void cut(Way way) {
            bridges.put(way.bridge(), new NodeEvidence.Tunnel(way.node(), way.bridge(), false, 0));
        }
    }

    private static Way way(String network, String node, InetAddress underlay, int subnet) {
        return new Way(network, node, underlay, InetAddress.ofLiteral("10." + subnet + ".1.1"), 1450, 50, TunnelKind.VXLAN);
    }

    /** So that all are tried whose turn it is. */
    private void pass(long seconds) {
        for (long end = nowNanos + TimeUnit.SECONDS.toNanos(seconds); nowNanos < end; nowNanos += TimeUnit.MILLISECONDS.toNanos(100)) {
            watch.step(nowNanos);
        }
    }

    @Test
    void whatHoldsIsTriedSoonAndThenEachHalfMinute() {
        Way way = way("shop", "b", B, 176);
        packets.well(way);
        watch.follow(List.of(way), nowNanos);
        pass(1);
        assertEquals(List.of(), packets.tried);
        pass(3);
        assertEquals(List.of(way.bridge()), packets.tried);
        pass(27);
        watch.follow(List.of(way), nowNanos);
        assertEquals(1, packets.tried.size(), "who is wanted again is not new");
        pass(4);
        assertEquals(2, packets.tried.size());
        assertEquals(List.of(), journal);
    }

    @Test
    void oneThatFailsTwiceIsToldUntilItHolds() {
        Way way = way("shop", "b", B, 176);
        packets.cut(way);
        watch.follow(List.of(way), nowNanos);
        pass(4);
        assertEquals(List.of(), watch.troubles(), "once may be chance");
        pass(6);
        assertEquals(1, watch.troubles().size());
        assertTrue(watch.troubles().getFirst().startsWith(
                "tunnel of shop to b: the node answers, and its bridge 10.176.1.1 does not through the tunnel: let UDP port 4789 through"),
                watch.troubles().toString());
        pass(60);
        assertEquals(1, journal.size(), "it is said once");
        packets.well(way);
        pass(25);
        assertEquals(List.of(), watch.troubles());
        assertEquals("tunnel of shop to b: its bridge answers, packets of 1450 bytes as well again", journal.getLast());
    }

    @Test
    void ofANodeThatIsGoneNothingIsSaid() {
        Way one = way("shop", "b", B, 176);
        Way two = way("back", "b", B, 177);
        Way well = way("shop", "c", C, 178);
        packets.cut(one);
        packets.cut(two);
        packets.well(well);
        packets.silent.add(B);
        watch.follow(List.of(one, two, well), nowNanos);
        pass(14);
        assertEquals(List.of(), watch.troubles());
        assertEquals(2, packets.tried.size(), "of its networks one is tried, and the other node's: " + packets.tried);
        packets.silent.remove(B);
        packets.well(one);
        pass(40);
        assertEquals(1, watch.troubles().size());
        assertTrue(watch.troubles().getFirst().startsWith("tunnel of back to b"));
    }

    @Test
    void whatIsWrongHasItsOwnWords() {
        Way small = way("shop", "b", B, 176);
        Way wrong = way("back", "b", B, 177);
        Way untried = way("side", "b", B, 178);
        packets.bridges.put(small.bridge(), new NodeEvidence.Tunnel("b", small.bridge(), true, 1254));
        packets.bridges.put(wrong.bridge(), new NodeEvidence.Tunnel("b", wrong.bridge(), true, 1450, false));
        watch.follow(List.of(small, wrong, untried), nowNanos);
        pass(30);
        List<String> troubles = watch.troubles();
        assertTrue(troubles.get(0).contains("ethtool -K LINK tx-checksum-ip-generic off"), troubles.toString());
        assertTrue(troubles.get(1).contains("packets of 1450 bytes do not: the largest that passes has 1254"), troubles.toString());
        assertTrue(troubles.get(2).contains("cannot be tried: socket: EMFILE: see `jctl net doctor side`"), troubles.toString());
        watch.follow(List.of(wrong), nowNanos);
        assertEquals(1, watch.troubles().size(), "what is gone has no troubles");
    }

    @Test
    void whatGoesWhileItIsTriedIsForgotten() {
        Way way = way("shop", "b", B, 176);
        WayWatch[] itself = new WayWatch[1];
        itself[0] = new WayWatch(new WayTrial() {
            @Override
            public boolean answers(InetAddress underlay) {
                return true;
            }

            @Override
            public NodeEvidence.Tunnel tunnel(String node, InetAddress bridge, int mtuBytes) {
                itself[0].follow(List.of(), nowNanos);
                return new NodeEvidence.Tunnel(node, bridge, false, 0);
            }
        }, journal::add);
        itself[0].follow(List.of(way), nowNanos);
        itself[0].step(TimeUnit.SECONDS.toNanos(9));
        assertEquals(List.of(), itself[0].troubles());
        assertEquals(List.of(), journal);
    }
}
