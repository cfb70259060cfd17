package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.AddressMessages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.trace.Hop;
import testkit.NeedsKernel;

/** Two nodes that reach each other by IPv6 alone, as far as their networks know: 2001:db8::N on the cable between them. */
@NeedsKernel
class Ipv6UnderlayTest {
    private static final String NETWORK = "a1".repeat(32);
    private static final int PREFIX_BITS = 64;
    /** Of a cable of 1500 bytes: 40 of IPv6, 8 of UDP, 8 of VXLAN, 14 of Ethernet. */
    private static final int MTU_BYTES = 1430;

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;

    @BeforeEach
    void begin() throws Exception {
        OverlayHost.require();
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
        for (OverlayHost each : List.of(a, b)) {
            OverlayHost.send(each.namespace, AddressMessages.add(outside(each), PREFIX_BITS, OverlayHost.OUT_INDEX));
        }
        a.want(Optional.of(outside(a)), network(a, b));
        b.want(Optional.of(outside(b)), network(b, a));
        a.await("front");
        b.await("front");
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static InetAddress outside(OverlayHost host) {
        return InetAddress.ofLiteral("2001:db8::" + host.number);
    }

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.201." + (host.number - 1) + ".0/24"),
                Subnet.parse("fd00:201:0:" + (host.number - 1) + "::/64"));
    }

    private static WantedNetwork network(OverlayHost host, OverlayHost peer, WantedService... services) {
        return new WantedNetwork(NETWORK, "front", Instant.EPOCH, Map.of(), false, true, 0x6a0201, OptionalInt.empty(),
                List.of(Subnet.parse("10.201.0.0/16"), Subnet.parse("fd00:201::/48")), block(host),
                List.of(new Peer(peer.nodeId(), outside(peer), block(peer))), List.of(services));
    }

    @Test
    void containersTalkByBothFamiliesAndServicesLeadToThem() throws Exception {
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        // The cable's own addresses take a second until they are usable.
        OverlayHost.eventually("the nodes reach each other", () -> one.reaches(two.address()));
        assertEquals("two sees " + one.address().getHostAddress(), one.ask(two.address()));
        assertEquals("two sees " + one.address6().getHostAddress(), one.ask(two.address6()));
        InetAddress service = InetAddress.ofLiteral("10.201.192.1");
        WantedService web = new WantedService("web", List.of(), List.of(service), VirtualPort.Choice.RANDOM,
                List.of(new WantedTask("1", List.of(two.address(), two.address6()), false)));
        a.want(Optional.of(outside(a)), network(a, b, web));
        OverlayHost.eventually("the service leads to its task", () -> one.reaches(service));
        assertEquals("two sees " + one.address().getHostAddress(), one.ask(service));
        assertEquals(MTU_BYTES, mtu(a));
    }

    @Test
    void itIsLookedAtAsAnyOther() throws Exception {
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        OverlayHost.eventually("the nodes reach each other", () -> one.reaches(two.address()));
        List<Hop> found = a.namespace.call(() -> a.overlay.examine("front"));
        assertTrue(found.stream().allMatch(each -> each.state() == Hop.State.HOLDS), found.toString());
        assertFalse(found.isEmpty());
        assertEquals(0, a.overlay.repairs());
    }

    private static int mtu(OverlayHost host) throws Exception {
        return host.kernel().links().stream().filter(each -> each.name().equals("jn-a1a1a1a1")).findFirst().orElseThrow().mtuBytes();
    }
}
