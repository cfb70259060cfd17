package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.audit.Repair;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.policy.Policy;
import overlaynet.trace.Hop;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;

/**
 * Two nodes on a segment, 192.0.2.1 and .2, that share a network of plain routes, and a client behind the first one,
 * 198.51.100.2. The service's only task is on the second.
 */
@NeedsKernel
class RoutedOverlayTest {
    private static final String SHOP = "a1".repeat(32);
    private static final String OTHER = "b2".repeat(32);
    private static final int PORT = 18088;
    private static final int CLIENT_INDEX = 70;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int IMPATIENCE_MILLIS = 300;
    private static final InetAddress NEAR = InetAddress.ofLiteral("198.51.100.1");
    private static final InetAddress CLIENT = InetAddress.ofLiteral("198.51.100.2");
    private static final InetAddress VIRTUAL = InetAddress.ofLiteral("10.201.192.1");
    private static final Path LOOPBACK_ROUTING = Path.of("/proc/sys/net/ipv4/conf/out/route_localnet");

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;
    private NetworkNamespace client;
    private OverlayHost.Container task;

    @BeforeEach
    void begin() throws Exception {
        OverlayHost.require();
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
        client = NetworkNamespace.create();
        OverlayHost.send(a.namespace, LinkMessages.createVethPair(new VethPair("client", CLIENT_INDEX, OptionalInt.empty(), "eth0",
                CLIENT_INDEX, HardwareAddress.parse("02:00:00:00:00:09"), client.descriptor(), 1500)),
                AddressMessages.add(NEAR, 24, CLIENT_INDEX));
        OverlayHost.send(client, LinkMessages.up(CLIENT_INDEX), AddressMessages.add(CLIENT, 24, CLIENT_INDEX),
                RouteMessages.addDefault(NEAR, CLIENT_INDEX));
        OverlayHost.send(b.namespace, RouteMessages.addDefault(a.outside(), OverlayHost.OUT_INDEX));
        for (OverlayHost each : List.of(a, b)) {
            each.namespace.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/rp_filter"), "1"));
        }
        share(Policy.OPEN);
        task = b.container(SHOP, "task");
        share(Policy.OPEN, web());
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
        if (client != null) {
            client.close();
        }
    }

    private static WantedNetwork wanted(OverlayHost host, List<Peer> peers, boolean internal, Policy policy,
            WantedService... services) {
        return new WantedNetwork(SHOP, "shop", Instant.EPOCH, Map.of(), internal, true, 0x6a0007, OptionalInt.empty(),
                List.of(Subnet.parse("10.201.0.0/16")), block(host), peers, List.of(services), policy,
                WantedNetwork.Encryption.NONE, true);
    }

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.201." + (host.number - 1) + ".0/24"));
    }

    private void share(Policy policy, WantedService... services) throws Exception {
        a.want(wanted(a, List.of(b.peer(block(b))), false, policy, services));
        b.want(wanted(b, List.of(a.peer(block(a))), false, policy, services));
        a.await("shop");
        b.await("shop");
    }

    private WantedService web() {
        return new WantedService("web", List.of(), List.of(VIRTUAL), VirtualPort.Choice.RANDOM,
                List.of(new WantedTask("1", List.of(task.address()), false)),
                List.of(new WantedPort(VirtualPort.Protocol.TCP, PORT, OverlayHost.SERVER_PORT)));
    }

    private static String ask(NetworkNamespace from, InetAddress node) throws Exception {
        return ask(from, node, PORT, PATIENCE_MILLIS);
    }

    private static String ask(NetworkNamespace from, InetAddress node, int port, int timeoutMillis) throws Exception {
        return from.call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(timeoutMillis);
                socket.connect(new InetSocketAddress(node, port), timeoutMillis);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }

    private static List<String> routes(OverlayHost host) throws Exception {
        return host.kernel().routes().stream().filter(each -> each.protocol() == RouteMessages.PROTOCOL_OWN)
                .map(each -> each.destination().orElseThrow().getHostAddress() + "/" + each.prefixLength() + " "
                        + each.gateway().map(InetAddress::getHostAddress).orElse("nowhere")).sorted().toList();
    }

    private static String loopbackRouting(OverlayHost host) throws Exception {
        return host.namespace.call(() -> Files.readString(LOOPBACK_ROUTING).strip());
    }

    @Test
    void containersTalkAcrossNodesWithoutATunnel() throws Exception {
        OverlayHost.Container one = a.container(SHOP, "one");
        String answer = "task sees " + one.address().getHostAddress();
        assertEquals(answer, one.ask(task.address()));
        assertEquals(answer, one.ask(VIRTUAL));
        assertEquals("one sees " + task.address().getHostAddress(), task.ask(one.address()));
        assertEquals("one sees 10.201.1.1", ask(b.namespace, one.address(), OverlayHost.SERVER_PORT, PATIENCE_MILLIS),
                "the node itself has its own address of the network");
        assertTrue(a.links().stream().noneMatch(each -> each.startsWith("jx")), a.links().toString());
        assertEquals(List.of("10.201.0.0/16 nowhere", "10.201.1.0/24 192.0.2.2"), routes(a));
        assertEquals(1500, a.kernel().link("jn-a1a1a1a1").orElseThrow().mtuBytes(), "nothing is put around a packet");
    }

    @Test
    void portsLeadToTasksOfTheOtherNode() throws Exception {
        assertEquals("task sees 10.201.0.1", ask(client, NEAR), "the node that was asked, which alone can answer");
        assertEquals("task sees 10.201.0.1", ask(a.namespace, a.outside()));
        assertEquals("1", loopbackRouting(a));
        assertEquals("task sees 10.201.0.1", ask(a.namespace, InetAddress.ofLiteral("127.0.0.1")));
        assertEquals("task sees 192.0.2.1", ask(a.namespace, b.outside()), "its own node keeps the client's");
        assertEquals("task sees", ask(a.container("bridge", "host").namespace, a.outside()).substring(0, 9));
    }

    @Test
    void nobodyElseBeginsAnythingWithItsContainers() throws Exception {
        for (InetAddress each : List.of(task.address(), VIRTUAL)) {
            assertThrows(SocketTimeoutException.class, () -> ask(client, each, OverlayHost.SERVER_PORT, IMPATIENCE_MILLIS),
                    each.getHostAddress());
        }
        // Past the first node's rules, as another host of the segment would.
        a.nft("flush ruleset");
        assertThrows(SocketTimeoutException.class, () -> ask(client, task.address(), OverlayHost.SERVER_PORT,
                IMPATIENCE_MILLIS));
        OverlayHost.send(client, AddressMessages.add(InetAddress.ofLiteral("10.201.9.9"), 32, CLIENT_INDEX));
        assertThrows(SocketTimeoutException.class, () -> client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(InetAddress.ofLiteral("10.201.9.9"), 0));
                socket.connect(new InetSocketAddress(task.address(), OverlayHost.SERVER_PORT), IMPATIENCE_MILLIS);
                return null;
            }
        }), "an address of the network that no node holds");
    }

    @Test
    void anAddressThatNoNodeHoldsIsRefusedAtOnceAndNoSourceIsMadeUp() throws Exception {
        OverlayHost.Container one = a.container(SHOP, "one");
        assertThrows(NoRouteToHostException.class, () -> one.ask(InetAddress.ofLiteral("10.201.77.7"), PATIENCE_MILLIS));
        InetAddress stolen = InetAddress.ofLiteral("10.201.1.99");
        one.take(stolen);
        assertThrows(SocketTimeoutException.class, () -> one.call(() -> {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(stolen, 0));
                socket.connect(new InetSocketAddress(task.address(), OverlayHost.SERVER_PORT), IMPATIENCE_MILLIS);
                return null;
            }
        }));
    }

    @Test
    void policyIsAboutTheNetworkAndNotAboutItsPorts() throws Exception {
        OverlayHost.Container one = a.container(SHOP, "one");
        assertTrue(one.reaches(task.address()));
        share(Policy.of(true, List.of()), web());
        assertFalse(one.reaches(task.address()));
        assertEquals("task sees 10.201.0.1", ask(client, NEAR));
        share(Policy.OPEN, web());
        assertTrue(one.reaches(task.address()));
    }

    @Test
    void damageHeals() throws Exception {
        OverlayHost.Container one = a.container(SHOP, "one");
        List<String> whole = routes(a);
        InetAddress far = InetAddress.ofLiteral("10.201.1.0");
        long before = a.overlay.figures().orElseThrow().repairs().getOrDefault(Repair.ROW, 0L);
        OverlayHost.send(a.namespace, RouteMessages.deleteOwn(far, 24, RouteMessages.UNICAST));
        OverlayHost.send(a.namespace, RouteMessages.deleteOwn(InetAddress.ofLiteral("10.201.0.0"), 16,
                RouteMessages.UNREACHABLE));
        OverlayHost.eventually("both are there again", () -> routes(a).equals(whole));
        OverlayHost.eventually("that is counted", () ->
                a.overlay.figures().orElseThrow().repairs().getOrDefault(Repair.ROW, 0L) == before + 2);
        OverlayHost.send(a.namespace, RouteMessages.deleteOwn(far, 24, RouteMessages.UNICAST),
                RouteMessages.addOwn(far, 24, CLIENT, NEAR));
        OverlayHost.eventually("no other way stays", () -> routes(a).equals(whole));
        assertTrue(one.reaches(task.address()));
        OverlayHost.send(a.namespace, LinkMessages.delete(a.kernel().link("jn-a1a1a1a1").orElseThrow().index()));
        OverlayHost.eventually("its bridge too", () -> one.reaches(task.address()));
    }

    @Test
    void whatIsNoMoreLeavesNothing() throws Exception {
        assertEquals("1", loopbackRouting(a));
        a.stop();
        assertEquals("task sees 10.201.0.1", ask(client, NEAR), "without its agent");
        a.open();
        a.want();
        OverlayHost.eventually("routes and rules are gone", () -> routes(a).isEmpty() && !a.nft("list tables").contains("jctl_n"));
        OverlayHost.eventually("the setting is as it was", () -> loopbackRouting(a).equals("0"));
        b.want();
        OverlayHost.eventually("who is in use stays", () -> b.journal.stream().anyMatch(each -> each.contains("stays")));
        assertEquals(List.of("10.201.0.0/16 nowhere", "10.201.0.0/24 192.0.2.1"), routes(b));
    }

    @Test
    void aNetworkThatCannotBeMadeOpensNothing() throws Exception {
        a.want();
        OverlayHost.eventually("it is as it was", () -> loopbackRouting(a).equals("0") && routes(a).isEmpty()
                && !a.links().contains("jn-a1a1a1a1"));
        OverlayHost.send(a.namespace, RouteMessages.add(InetAddress.ofLiteral("10.201.0.0"), 16, CLIENT, CLIENT_INDEX));
        a.want(wanted(a, List.of(b.peer(block(b))), false, Policy.OPEN, web()));
        OverlayHost.eventually("it is said", () -> a.overlay.lacking(SHOP).orElse("").contains("overlaps 10.201.0.0/16"));
        assertEquals("0", loopbackRouting(a), "no rules of the network guard the loopback addresses");
    }

    @Test
    void aSettingThatWasSomebodyElsesStays() throws Exception {
        a.want();
        OverlayHost.eventually("it is as it was", () -> loopbackRouting(a).equals("0"));
        a.namespace.call(() -> Files.writeString(LOOPBACK_ROUTING, "1"));
        a.want(wanted(a, List.of(b.peer(block(b))), false, Policy.OPEN, web()));
        a.await("shop");
        a.want();
        OverlayHost.eventually("the network is gone", () -> routes(a).isEmpty());
        assertEquals("1", loopbackRouting(a));
    }

    @Test
    void anInternalOneLeadsFromNodeToNodeAndNowhereElse() throws Exception {
        WantedNetwork inside = new WantedNetwork(OTHER, "inside", Instant.EPOCH, Map.of(), true, true, 0x6a0008,
                OptionalInt.empty(), List.of(Subnet.parse("10.202.0.0/16")), List.of(Subnet.parse("10.202.0.0/24")),
                List.of(b.peer(List.of(Subnet.parse("10.202.1.0/24")))), List.of(), Policy.OPEN,
                WantedNetwork.Encryption.NONE, true);
        WantedNetwork there = new WantedNetwork(OTHER, "inside", Instant.EPOCH, Map.of(), true, true, 0x6a0008,
                OptionalInt.empty(), List.of(Subnet.parse("10.202.0.0/16")), List.of(Subnet.parse("10.202.1.0/24")),
                List.of(a.peer(List.of(Subnet.parse("10.202.0.0/24")))), List.of(), Policy.OPEN,
                WantedNetwork.Encryption.NONE, true);
        a.want(wanted(a, List.of(b.peer(block(b))), false, Policy.OPEN, web()), inside);
        b.want(wanted(b, List.of(a.peer(block(a))), false, Policy.OPEN, web()), there);
        a.await("inside");
        b.await("inside");
        OverlayHost.Container one = a.container(OTHER, "one");
        OverlayHost.Container two = b.container(OTHER, "two");
        assertEquals("two sees " + one.address().getHostAddress(), one.ask(two.address()));
        assertFalse(one.reaches(task.address()), "another network");
        assertFalse(task.reaches(one.address()), "another network");
    }

    @Test
    void aNodeBehindARouterIsNamedAndTheOthersAreReached() throws Exception {
        Peer far = new Peer("node9", InetAddress.ofLiteral("203.0.113.9"), List.of(Subnet.parse("10.201.9.0/24")));
        a.want(wanted(a, List.of(far, b.peer(block(b))), false, Policy.OPEN, web()));
        String why = "node node9 is at 203.0.113.9, which no link of this host leads to without a router";
        OverlayHost.eventually("it is said", () -> a.overlay.lacking(SHOP).orElse("").startsWith(why));
        assertEquals(List.of("10.201.0.0/16 nowhere", "10.201.1.0/24 192.0.2.2"), routes(a));
        List<Hop> found = a.namespace.call(() -> a.overlay.examine("shop"));
        assertTrue(found.stream().anyMatch(each -> each.state() == Hop.State.FAILS && each.what().startsWith(why)),
                found.toString());
    }

    @Test
    void aNodeKnownByIpv6IsRefusedBeforeAnythingIsMade() throws Exception {
        a.want();
        OverlayHost.eventually("nothing is left", () -> routes(a).isEmpty() && !a.links().contains("jn-a1a1a1a1"));
        a.want(Optional.of(InetAddress.ofLiteral("2001:db8::1")), wanted(a, List.of(), false, Policy.OPEN));
        OverlayHost.eventually("it is said", () -> a.overlay.lacking(SHOP).orElse("").contains("plain routes of IPv4"));
        assertFalse(a.links().contains("jn-a1a1a1a1"), a.links().toString());
    }

    @Test
    void theDoctorAndTheTraceNameTheWay() throws Exception {
        a.container(SHOP, "one");
        List<Hop> found = a.namespace.call(() -> a.overlay.examine("shop"));
        assertEquals(List.of(), found.stream().filter(each -> each.state() == Hop.State.FAILS).toList());
        assertTrue(found.stream().anyMatch(each -> each.name().equals("way of shop to node2")
                && each.what().equals("its bridge answers, packets of 1500 bytes as well")), found.toString());
        List<RouteInfo> own = a.kernel().routes().stream().filter(each -> each.protocol() == RouteMessages.PROTOCOL_OWN).toList();
        assertEquals(2, own.size());
        assertEquals(List.of(), a.overlay.reached().stream().filter(each -> each.overlaps(Subnet.parse("10.201.0.0/16"))).toList(),
                "its own routes are no other way into it");
    }
}
