package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import linux.netlink.LinkMessages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.ipam.Subnet;
import overlaynet.trace.NodeEvidence;
import testkit.NeedsKernel;

/** What is wrong between two nodes is told apart by packets. */
@NeedsKernel
class WayTrialTest {
    private static final String NETWORK = "b2".repeat(32);
    private static final InetAddress BRIDGE = InetAddress.ofLiteral("10.202.1.1");
    private static final int MTU = 1450;

    @TempDir
    Path folder;

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.202." + (host.number - 1) + ".0/24"));
    }

    private static WantedNetwork network(OverlayHost host, OverlayHost peer) {
        return new WantedNetwork(NETWORK, "front", Instant.EPOCH, Map.of(), false, true, 0x6a0301, OptionalInt.empty(),
                List.of(Subnet.parse("10.202.0.0/16")), block(host), List.of(peer.peer(block(peer))), List.of());
    }

    private static NodeEvidence.Tunnel found(OverlayHost host) throws Exception {
        return host.namespace.call(() -> WayTrial.BY_PACKETS.tunnel("node2", BRIDGE, MTU));
    }

    private static NodeEvidence.Tunnel tunnel(boolean answers, int bytes, boolean checksums) {
        return new NodeEvidence.Tunnel("node2", BRIDGE, answers, bytes, checksums);
    }

    @Test
    void portSizeAndChecksums() throws Exception {
        OverlayHost.require();
        try (OverlayHost a = new OverlayHost(1, folder); OverlayHost b = new OverlayHost(2, folder)) {
            OverlayHost.connect(a, b);
            a.want(network(a, b));
            b.want(network(b, a));
            a.await("front");
            b.await("front");
            OverlayHost.eventually("the way holds", () -> found(a).equals(tunnel(true, MTU, true)));
            b.nft("table inet fault { chain in { type filter hook input priority 0; udp dport 4789 drop; }; }");
            assertEquals(tunnel(false, 0, true), found(a));
            b.nft("flush chain inet fault in");
            // As if the sum were wrong: such packets go where those without one do not.
            b.nft("table inet fault { chain wrong { type filter hook prerouting priority -300; iifname \"jx*\" udp checksum != 0 drop; }; }");
            assertEquals(tunnel(true, MTU, false), found(a));
            b.nft("delete table inet fault");
            OverlayHost.send(b.namespace, LinkMessages.setMtu(OverlayHost.OUT_INDEX, 1300));
            NodeEvidence.Tunnel small = found(a);
            assertEquals(tunnel(true, small.largestBytes(), true), small);
            assertEquals(1250, small.largestBytes(), 5);
            assertEquals(true, a.namespace.call(() -> WayTrial.BY_PACKETS.answers(b.outside())));
        }
    }
}
