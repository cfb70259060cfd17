package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.netlink.LinkMessages;
import linux.netlink.RouteMessages;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.attach.AttachException;
import overlaynet.audit.Repair;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.link.HostNetwork;
import overlaynet.network.NetworkNames;
import overlaynet.network.NetworkWish;
import overlaynet.trace.Hop;
import testkit.NeedsKernel;

/** Two nodes with a cable between them that share networks: network namespaces all. */
@NeedsKernel
class OverlayTest {
    private static final String FRONT = "a1".repeat(32);
    private static final String BACK = "b2".repeat(32);
    private static final int CALLS = 60;
    private static final int IMPATIENCE_MILLIS = 300;

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
        // What a node has no other way for goes to the other one, as it would to a router.
        OverlayHost.send(a.namespace, RouteMessages.addDefault(b.outside(), OverlayHost.OUT_INDEX));
        OverlayHost.send(b.namespace, RouteMessages.addDefault(a.outside(), OverlayHost.OUT_INDEX));
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    /** A node's part of the network 10.N.0.0/16. */
    private static List<Subnet> block(int network, OverlayHost host) {
        return List.of(Subnet.parse("10." + network + "." + (host.number - 1) + ".0/24"),
                Subnet.parse("fd00:" + network + ":0:" + (host.number - 1) + "::/64"));
    }

    private static WantedNetwork wanted(String id, String name, int network, OverlayHost host, OverlayHost peer,
            WantedService... services) {
        return new WantedNetwork(id, name, Instant.ofEpochSecond(network), Map.of(), false, true, 0x6a0000 + network,
                OptionalInt.empty(), List.of(Subnet.parse("10." + network + ".0.0/16"),
                        Subnet.parse("fd00:" + network + "::/48")),
                block(network, host), List.of(peer.peer(block(network, peer))), List.of(services));
    }

    private static WantedNetwork front(OverlayHost host, OverlayHost peer, WantedService... services) {
        return wanted(FRONT, "front", 201, host, peer, services);
    }

    private static WantedNetwork back(OverlayHost host, OverlayHost peer, WantedService... services) {
        return wanted(BACK, "back", 202, host, peer, services);
    }

    private static WantedTask task(String place, OverlayHost.Container container) {
        return new WantedTask(place, List.of(container.address(), container.address6()), false);
    }

    private static WantedService web(WantedTask... tasks) {
        return new WantedService("web", List.of("www"), List.of(address("10.201.192.1"), address("fd00:201:0:c000::1")),
                VirtualPort.Choice.RANDOM, List.of(tasks));
    }

    /** The network on both, with those services. */
    private void share(WantedService... services) throws Exception {
        a.want(front(a, b, services));
        b.want(front(b, a, services));
        a.await("front");
        b.await("front");
    }

    private static Set<String> answers(OverlayHost.Container client, InetAddress service) throws Exception {
        Set<String> answers = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            answers.add(client.ask(service));
        }
        return answers;
    }

    private static void assertSilent(OverlayHost.Container client, InetAddress address) {
        // Dropped silently, so the only possible end is that of the patience.
        assertThrows(SocketTimeoutException.class, () -> client.ask(address, IMPATIENCE_MILLIS));
    }

    @Test
    void containersOfTwoNodesTalkAndSeeEachOthersOwnAddresses() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        OverlayHost.Container beside = a.container(FRONT, "beside");
        assertEquals(address("10.201.0.2"), one.address());
        assertEquals(address("10.201.1.2"), two.address());
        assertEquals("two sees 10.201.0.2", one.ask(two.address()));
        assertEquals("one sees 10.201.1.2", two.ask(one.address()));
        assertEquals("beside sees 10.201.0.2", one.ask(beside.address()));
        assertEquals("two sees " + one.address6().getHostAddress(), one.ask(two.address6()));
        assertEquals("one sees " + two.address6().getHostAddress(), two.ask(one.address6()));
        assertEquals("beside sees " + one.address6().getHostAddress(), one.ask(beside.address6()));
        assertEquals(1450, one.attachment.bridge().mtuBytes());
        assertEquals(List.of(), a.journal);
        assertEquals(0, a.overlay.repairs());
    }

    @Test
    void aServicesAddressReachesTasksOfBothNodesAndTheAskerItself() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        OverlayHost.Container client = a.container(FRONT, "client");
        share(web(task("1", one), task("2", two)));
        for (InetAddress service : web().virtual()) {
            boolean ipv4 = service.getAddress().length == 4;
            String itself = ipv4 ? "10.201.0.2" : one.address6().getHostAddress();
            String other = ipv4 ? "10.201.0.3" : client.address6().getHostAddress();
            String gateway = ipv4 ? "10.201.0.1" : "fd00:201:0:0:0:0:0:1";
            assertEquals(Set.of("one sees " + other, "two sees " + other), answers(client, service));
            assertEquals(Set.of("one sees " + gateway, "two sees " + itself), answers(one, service));
        }
        share(web(task("1", one), new WantedTask("2", List.of(two.address(), two.address6()), true)));
        assertEquals(Set.of("one sees 10.201.0.3"), answers(client, web().virtual().getFirst()), "the other is leaving");
    }

    /** Every node hears of every task, and looks at all its tables on its own time: one look may fall into any change, not into all. */
    @Test
    void tasksThatComeAndGoAreLedToWithoutALookAtAllTables() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        OverlayHost.Container client = a.container(FRONT, "client");
        share(web(task("1", one)));
        int without = 0;
        for (int i = 0; i < 10; i++) {
            boolean both = i % 2 == 0;
            long audits = a.overlay.figures().orElseThrow().audits();
            share(both ? web(task("1", one), task("2", two)) : web(task("1", one)));
            without += a.overlay.figures().orElseThrow().audits() == audits ? 1 : 0;
            assertEquals(both ? 2 : 1, answers(client, web().virtual().getFirst()).size());
        }
        assertTrue(without > 0, "each change was a look at all tables");
        assertEquals(0, a.overlay.repairs());
    }

    @Test
    void aServiceAndItsTasksHaveNames() throws Exception {
        List<InetAddress> first = List.of(address("10.201.0.2"), address("fd00:201::2"));
        List<InetAddress> second = List.of(address("10.201.1.2"));
        WantedService turns = new WantedService("store", List.of("db"), List.of(), VirtualPort.Choice.RANDOM,
                List.of(new WantedTask("site.1", second, false)));
        List<WantedTask> tasks = List.of(new WantedTask("1", first, false), new WantedTask("2", second, false),
                new WantedTask("3", List.of(address("10.201.1.3")), true));
        a.want(front(a, b, new WantedService("web", List.of("www"), web().virtual(), VirtualPort.Choice.RANDOM, tasks,
                List.of(), List.of(new NetworkNames.NamedPort("_http._tcp", 80)), Map.of(), false), turns));
        NetworkNames names = a.overlay.names(FRONT).orElseThrow();
        assertEquals(Optional.of(web().virtual()), names.addresses("web"));
        assertEquals(Optional.of(web().virtual()), names.addresses("www"));
        assertEquals(Optional.of(web().virtual()), names.addresses("WEB.front."));
        assertEquals(Optional.of(List.of(first.getFirst(), first.getLast(), second.getFirst())),
                names.addresses("tasks.web"));
        assertEquals(Optional.of(first), names.addresses("1.web"));
        assertEquals(Optional.of(second), names.addresses("2.web"));
        assertEquals(Optional.empty(), names.addresses("3.web"), "it is leaving");
        for (String each : List.of("store", "db", "tasks.store", "tasks.db", "site.1.store")) {
            assertEquals(Optional.of(second), names.addresses(each), each);
        }
        NetworkNames.Place place = names.place("_http._tcp.www.front").orElseThrow();
        assertEquals(Optional.of(new NetworkNames.NamedPort("_http._tcp", 80)), place.port());
        assertEquals(List.of("1.web", "2.web"), place.service().tasks(), "the third is leaving");
        assertEquals(Optional.of("web.front"), names.nameOf(web().virtual().getFirst()));
        assertEquals(Optional.of("1.web.front"), names.nameOf(first.getFirst()));
        assertTrue(names.covers(address("10.201.77.1")), "all of the network is its own to answer for");
        assertEquals(Optional.empty(), a.overlay.names(BACK));
    }

    @Test
    void damageHeals() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        WantedService web = web(task("1", two));
        InetAddress service = web.virtual().getFirst();
        share(web);
        assertEquals("two sees 10.201.0.2", one.ask(service));
        OverlayHost.send(a.namespace, LinkMessages.delete("jx6a00c9"));
        OverlayHost.eventually("a tunnel again", () -> a.links().contains("jx6a00c9") && one.reaches(two.address()));
        assertTrue(a.overlay.repairs() > 0);
        long before = a.overlay.repairs();
        OverlayHost.send(a.namespace, RouteMessages.delete(address("10.201.1.0"), 24));
        OverlayHost.eventually("a route again", () -> one.reaches(two.address()));
        assertTrue(a.overlay.repairs() > before);
        OverlayHost.send(a.namespace, LinkMessages.delete("jn-a1a1a1a1"));
        OverlayHost.eventually("a bridge again", () -> one.reaches(two.address()) && two.reaches(one.address()));
        String rules = a.nft("list table inet jctl_na1a1a1a1");
        a.nft("delete table inet jctl_na1a1a1a1");
        OverlayHost.eventually("rules again", () -> a.nft("list ruleset").contains("table inet jctl_na1a1a1a1"));
        assertEquals(withoutCounts(rules), withoutCounts(a.nft("list table inet jctl_na1a1a1a1")));
        a.nft("delete table inet jctl_balance");
        OverlayHost.eventually("services again", () -> one.reaches(service));
        a.nft("flush chain inet jctl_na1a1a1a1 from_bridge");
        OverlayHost.eventually("the chain's rules again", () -> withoutCounts(rules)
                .equals(withoutCounts(a.nft("list table inet jctl_na1a1a1a1"))));
        a.nft("flush ruleset");
        OverlayHost.eventually("all again", () -> a.nft("list ruleset").contains("table inet jctl_na1a1a1a1")
                && one.reaches(service));
        assertEquals("two sees 10.201.0.2", one.ask(service));
        assertEquals(Optional.empty(), a.overlay.lacking(FRONT));
    }

    private static long count(OverlayHost host, Repair kind) {
        return host.overlay.figures().orElseThrow().repairs().get(kind);
    }

    @Test
    void repairsAreCountedByWhatWasDamaged() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        share(web(task("1", two), new WantedTask("2", List.of(address("10.201.1.9")), true)));
        InetAddress service = web().virtual().getFirst();
        assertEquals("two sees 10.201.0.2", one.ask(service));
        Figures figures = a.overlay.figures().orElseThrow();
        assertEquals(List.of(1, 1, 1, 2), List.of(figures.networks(), figures.peers(), figures.services(),
                figures.endpoints()));
        assertEquals(0, a.overlay.repairs(), a.journal.toString());
        a.nft("delete element inet jctl_balance addresses4 { 10.201.192.1 }");
        OverlayHost.eventually("the service again", () -> count(a, Repair.ELEMENT) > 0 && one.reaches(service));
        a.nft("delete table inet jctl_balance");
        OverlayHost.eventually("the table again", () -> count(a, Repair.SERVICES) > 0 && one.reaches(service));
        a.nft("flush chain inet jctl_na1a1a1a1 from_bridge");
        OverlayHost.eventually("the rules again", () -> count(a, Repair.RULES) > 0);
        OverlayHost.send(a.namespace, LinkMessages.delete("jn-a1a1a1a1"));
        OverlayHost.eventually("the bridge again", () -> count(a, Repair.BRIDGE) > 0 && one.reaches(service));
        OverlayHost.send(a.namespace, RouteMessages.delete(address("10.201.1.0"), 24));
        OverlayHost.eventually("the route again", () -> count(a, Repair.ROW) > 0 && one.reaches(service));
        figures = a.overlay.figures().orElseThrow();
        assertTrue(figures.audits() > 1 && figures.lastAuditSeconds() > 0, figures.toString());
        assertEquals(0, figures.errors());
        assertEquals(0, count(a, Repair.FORWARDING));
    }

    private static List<Hop> faults(OverlayHost host) throws Exception {
        return host.namespace.call(() -> host.overlay.examine("")).stream()
                .filter(each -> each.state() == Hop.State.FAILS
                || each.state() == Hop.State.WARNS && !each.name().equals("repairs")).toList();
    }

    private static void assertFault(OverlayHost host, String name, String word) throws Exception {
        List<Hop> faults = faults(host);
        assertEquals(List.of(name), faults.stream().map(Hop::name).toList(), faults.toString());
        assertTrue(faults.getFirst().what().contains(word), faults.toString());
    }

    @Test
    void whatIsInTheWayOfANetworkIsNamed() throws Exception {
        assertThrows(AttachException.class, () -> a.overlay.examine(""));
        b.want(front(b, a));
        try (DatagramSocket taken = a.namespace.call(() -> new DatagramSocket(new InetSocketAddress(a.outside(),
                4789)))) {
            assertEquals(4789, taken.getLocalPort());
            a.want(front(a, b));
            OverlayHost.eventually("the port is somebody else's", () -> a.overlay.lacking(FRONT)
                    .filter(each -> each.contains("EADDRINUSE")).isPresent());
            assertEquals(List.of("UDP port 4789", "network front"), faults(a).stream().map(Hop::name).toList());
            assertTrue(faults(a).getFirst().what().startsWith("belongs to java (process"), faults(a).toString());
        }
        share();
        OverlayHost.eventually("both stand", () -> faults(a).isEmpty());
        assertEquals(AttachException.Kind.NETWORK_NOT_FOUND,
                assertThrows(AttachException.class, () -> a.overlay.examine("none")).kind());
        assertEquals(List.of("kernel", "forwarding", "firewall", "connections", "fast path", "UDP port 4789", "repairs",
                "node node2",
                "network front", "tables of front", "tunnel of front to node2"),
                a.namespace.call(() -> a.overlay.examine("front")).stream().map(Hop::name).toList());
        b.nft("add table inet fault; add chain inet fault in { type filter hook input priority 0; };"
                + " add rule inet fault in udp dport 4789 drop");
        assertFault(a, "tunnel of front to node2", "does not through the tunnel");
        b.nft("delete table inet fault; add table inet fault;"
                + " add chain inet fault in { type filter hook input priority 0; };"
                + " add rule inet fault in udp dport 4789 meta length > 1300 drop");
        assertFault(a, "tunnel of front to node2",
                "packets of 1450 bytes do not: the largest that passes has 1250, so the MTU"
                + " between the nodes is 1300, and the network's needs 1500");
        b.nft("delete table inet fault");
        a.nft("add table inet fault; add chain inet fault f { type filter hook forward priority 0; policy drop; }");
        assertFault(a, "firewall",
                "chain inet fault f drops what it does not know, and does not name the bridge jn-a1a1a1a1");
        a.nft("delete table inet fault");
        InetAddress route = address("10.201.128.0");
        OverlayHost.send(a.namespace, RouteMessages.add(route, 24, b.outside(), OverlayHost.OUT_INDEX));
        assertFault(a, "subnet of front", "10.201.128.0/24");
        OverlayHost.send(a.namespace, RouteMessages.delete(route, 24));
        forwarding(a, "0");
        assertFault(a, "forwarding", "is off for IPv4");
        forwarding(a, "1");
        OverlayHost.eventually("nothing is left of it", () -> faults(a).isEmpty());
    }

    private static String forwarding(OverlayHost host, String value) throws Exception {
        return host.namespace.call(() -> {
            Path setting = Path.of("/proc/sys/net/ipv4/ip_forward");
            if (!value.isEmpty()) {
                Files.writeString(setting, value);
            }
            return Files.readString(setting).strip();
        });
    }

    @Test
    void forwardingThatWasOffBeforeIsTurnedOnAgain() throws Exception {
        a.stop();
        forwarding(a, "0");
        a.open();
        share();
        assertEquals("1", forwarding(a, ""));
        forwarding(a, "0");
        OverlayHost.eventually("it is on again", () -> forwarding(a, "").equals("1") && count(a,
                Repair.FORWARDING) == 1);
        a.stop();
        a.open();
        a.want(front(a, b));
        a.await("front");
        forwarding(a, "0");
        OverlayHost.eventually("the next agent knows it, too", () -> forwarding(a, "").equals("1"));
        assertEquals(1, a.journal.stream().filter(each -> each.startsWith("the host passed no packets of IPv4 on"))
                .distinct()
                .count());
    }

    @Test
    void forwardingThatSomebodyElseTurnedOnIsTheirsToTurnOff() throws Exception {
        b.stop();
        forwarding(b, "1");
        b.open();
        share();
        forwarding(b, "0");
        long before = b.overlay.figures().orElseThrow().audits();
        OverlayHost.eventually("it was looked at", () -> {
            b.overlay.look();
            return b.overlay.figures().orElseThrow().audits() > before + 2;
        });
        assertEquals("0", forwarding(b, ""));
    }

    private static String withoutCounts(String rules) {
        return rules.replaceAll("packets [0-9]+ bytes [0-9]+", "");
    }

    @Test
    void containersOfAnotherNetworkReachNothingOfIt() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        for (OverlayHost each : List.of(a, b)) {
            OverlayHost peer = each == a ? b : a;
            each.want(front(each, peer, web(task("1", one))), back(each, peer));
            each.await("front");
            each.await("back");
        }
        OverlayHost.Container ofBack = a.container(BACK, "back");
        OverlayHost.Container ofHost = a.container("bridge", "host");
        OverlayHost.Container beyond = b.container(BACK, "beyond");
        assertEquals("beyond sees " + ofBack.address().getHostAddress(), ofBack.ask(beyond.address()));
        for (OverlayHost.Container stranger : List.of(ofBack, ofHost, beyond)) {
            assertSilent(stranger, one.address());
            assertSilent(stranger, two.address());
        }
        assertSilent(ofBack, one.address6());
        assertSilent(ofBack, two.address6());
        assertSilent(one, ofBack.address());
        assertSilent(one, beyond.address());
        assertSilent(one, ofHost.address());
        assertEquals("one sees 10.201.1.2", two.ask(web().virtual().getFirst()));
    }

    @Test
    void aServicesAddressIsOfItsNetworkAlone() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        List<String> reached = new ArrayList<>();
        OverlayHost.Container outside = b.container("bridge", "outside");
        OverlayHost.send(b.namespace, RouteMessages.add(web().virtual().getFirst(), 32, a.outside(), OverlayHost.OUT_INDEX));
        for (WantedTask each : List.of(task("1", one), task("2", two))) {
            a.want(front(a, b, web(each)), back(a, b));
            a.await("front");
            a.await("back");
            OverlayHost.Container ofBack = a.container(BACK, "back" + each.place());
            OverlayHost.Container ofHost = a.container("bridge", "host" + each.place());
            for (OverlayHost.Container stranger : List.of(ofBack, ofHost, outside)) {
                for (InetAddress service : web().virtual()) {
                    if (stranger.reaches(service)) {
                        reached.add(stranger.name + " reaches " + service.getHostAddress() + " of task " + each.place());
                    }
                }
            }
            assertTrue(one.reaches(web().virtual().getFirst()));
        }
        assertEquals(List.of(), reached);
    }

    /** Sends a datagram from each of the addresses; the first that arrives. */
    private static InetAddress firstHeard(OverlayHost.Container from, OverlayHost.Container to, InetAddress at,
            InetAddress... sources) throws Exception {
        try (DatagramSocket receiver = to.call(() -> new DatagramSocket(new InetSocketAddress(at, 0)))) {
            receiver.setSoTimeout(20_000);
            from.call(() -> {
                for (InetAddress each : sources) {
                    try (DatagramSocket sender = new DatagramSocket(new InetSocketAddress(each, 0))) {
                        sender.send(new DatagramPacket(new byte[1], 1, receiver.getLocalSocketAddress()));
                    }
                }
                return null;
            });
            DatagramPacket heard = new DatagramPacket(new byte[1], 1);
            receiver.receive(heard);
            return heard.getAddress();
        }
    }

    @Test
    void aSpoofedSourceIsNotDelivered() throws Exception {
        a.stop();
        a.open(false); // whose programs would be first
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        OverlayHost.Container beside = a.container(FRONT, "beside");
        one.ask(two.address());
        one.ask(two.address6());
        one.ask(beside.address());
        for (String each : List.of("10.201.1.77", "10.9.9.9", "192.0.2.7")) {
            one.take(address(each));
            assertEquals(one.address(), firstHeard(one, two, two.address(), address(each), one.address()), each);
            assertEquals(one.address(), firstHeard(one, beside, beside.address(), address(each), one.address()), each);
        }
        InetAddress other6 = address("fd00:201:0:1::77");
        one.take(other6);
        assertEquals(one.address6(), firstHeard(one, two, two.address6(), other6, one.address6()));
        assertTrue(a.nft("list chain inet jctl_na1a1a1a1 from_bridge").contains("ip saddr != 10.201.0.0/24 counter packets 6 "),
                a.nft("list chain inet jctl_na1a1a1a1 from_bridge"));
    }

    @Test
    void anAddressThatNobodyHasIsRefusedAtOnce() throws Exception {
        share(web());
        OverlayHost.Container one = a.container(FRONT, "one");
        for (InetAddress each : List.of(address("10.201.192.77"), address("10.201.100.1"), address("fd00:201:0:c000::77"),
                web().virtual().getFirst(), web().virtual().getLast())) {
            // Patience that ends is no such exception.
            assertThrows(SocketException.class, () -> one.ask(each), each.toString());
        }
    }

    @Test
    void aNetworkThatOverlapsARouteOfTheHostIsLackingWithItsName() throws Exception {
        InetAddress route = address("10.201.128.0");
        OverlayHost.send(a.namespace, RouteMessages.add(route, 24, b.outside(), OverlayHost.OUT_INDEX));
        a.want(front(a, b), back(a, b));
        a.await("back");
        assertEquals(Optional.of("its subnet 10.201.0.0/16 overlaps 10.201.128.0/24, which this host reaches already (ip"
                + " route show table all); make the network with another --subnet"), a.overlay.lacking(FRONT));
        assertEquals(1, a.journal.stream().filter(each -> each.startsWith("network front: its subnet")).count(),
                a.journal.toString());
        assertEquals(Set.of("lo", "out", "jn-b2b2b2b2", "jx6a00ca"), a.links());
        List<Subnet> reached = a.namespace.call(a.overlay::reached);
        assertTrue(reached.containsAll(List.of(Subnet.parse("10.201.128.0/24"), Subnet.parse("192.0.2.0/24"))),
                reached.toString());
        assertTrue(reached.stream().noneMatch(Subnet.parse("10.202.0.0/16")::overlaps), reached.toString());
        OverlayHost.send(a.namespace, RouteMessages.delete(route, 24));
        OverlayHost.eventually("it stands once the route is gone", () -> a.overlay.lacking(FRONT).isEmpty());
        assertTrue(a.links().contains("jx6a00c9"));
    }

    @Test
    void whyANodeHasNoNetworkIsSaid() throws Exception {
        assertEquals(Optional.of("this node has not heard of the network " + FRONT), a.overlay.lacking(FRONT));
        WantedNetwork here = front(a, b);
        a.want(new WantedNetwork(FRONT, "front", here.createdAt(), Map.of(), false, true, here.number(),
                OptionalInt.empty(), here.subnets(), List.of(), List.of(), List.of()));
        assertTrue(a.overlay.lacking(FRONT).orElseThrow().startsWith("this node has no part of the network front"));
        assertEquals(List.of("front"), a.overlay.elsewhere().stream().map(WantedNetwork::name).toList());
        a.want(Optional.empty(), here);
        OverlayHost.eventually("a node that tunnels cannot reach has none", () -> a.overlay.lacking(FRONT).equals(
                Optional.of("this node has no address that other nodes' tunnels could reach: give its agent one with"
                        + " --cluster-addr")));
        assertEquals(Set.of("lo", "out"), a.links());
        a.want(here);
        a.await("front");
        assertEquals(Optional.empty(), a.overlay.lacking(FRONT));
        assertEquals(List.of(), a.overlay.elsewhere());
    }

    @Test
    void aNodeThatClaimsThisOnesAddressIsLeftOut() throws Exception {
        a.want(Optional.of(b.outside()), front(a, b));
        a.await("front");
        assertEquals(Optional.empty(), a.overlay.lacking(FRONT));
        assertTrue(a.journal.contains("network front: another node says that it has this node's address 192.0.2.2, and is"
                + " left out"), a.journal.toString());
        List<Subnet> reached = a.namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return HostNetwork.read(socket).taken();
            }
        });
        assertTrue(reached.stream().noneMatch(each -> each.equals(Subnet.parse("10.201.1.0/24"))), reached.toString());
    }

    @Test
    void aNetworkOfThisHostKeepsItsName() throws Exception {
        a.namespace.call(() -> a.networks.create(new NetworkWish("front", List.of(), List.of(), List.of(), false, false,
                Map.of(), Map.of())));
        a.want(front(a, b));
        OverlayHost.eventually("the name is taken", () -> a.overlay.lacking(FRONT)
                .filter(each -> each.contains("this host has a network of that name")).isPresent());
        a.namespace.call(() -> {
            a.networks.remove("front");
            return null;
        });
        OverlayHost.eventually("the name is free", () -> a.overlay.lacking(FRONT).isEmpty());
        assertEquals(FRONT, a.networks.find("front").id());
        assertEquals(AttachException.Kind.OF_THE_CLUSTER,
                assertThrows(AttachException.class, () -> a.networks.remove("front")).kind());
    }

    @Test
    void aNetworkThatIsNoLongerWantedGoesOnceItIsEmpty() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        a.want(back(a, b));
        a.await("back");
        OverlayHost.eventually("that it stays is said", () -> a.journal.contains("network front, which the cluster has no"
                + " more, stays: network front is in use by 1 container(s)"));
        assertTrue(a.links().containsAll(Set.of("jn-a1a1a1a1", "jx6a00c9")), a.links().toString());
        assertEquals("one sees 10.201.0.2", one.ask(one.address()));
        a.namespace.call(() -> {
            a.networks.detach("one").join();
            return null;
        });
        OverlayHost.eventually("it goes", () -> a.networks.list().stream().noneMatch(each -> each.id().equals(FRONT)));
        assertEquals(Set.of("lo", "out", "jn-b2b2b2b2", "jx6a00ca"), a.links());
        assertFalse(a.nft("list ruleset").contains("jctl_na1a1a1a1"));
        assertTrue(a.nft("list ruleset").contains("jctl_nb2b2b2b2"));
    }

    @Test
    void aContainerThatIsNoTaskGetsItsNetworkOrTheReasonWhyNot() throws Exception {
        a.overlay.asker(asked -> a.overlay.refused(asked, "network " + asked + " is for services' tasks"));
        AttachException refused = assertThrows(AttachException.class, () -> a.overlay.obtain("front", 20_000));
        assertEquals("network front is for services' tasks", refused.getMessage());
        a.overlay.asker(asked -> { });
        assertTrue(assertThrows(AttachException.class, () -> a.overlay.obtain("front", 0)).getMessage()
                .startsWith("network front: no manager gave this node a part of it"));
        a.overlay.asker(asked -> a.namespace.start(() -> {
            a.overlay.want(new Overlay.Wanted(a.nodeId(), Optional.of(a.outside()), List.of(front(a, b))));
            return null;
        }));
        assertTrue(a.overlay.obtain(FRONT.substring(0, 6), 20_000));
        assertTrue(a.links().contains("jn-a1a1a1a1"));
        a.overlay.asker(null);
        assertFalse(a.overlay.obtain("front", 20_000), "it is in no cluster");
    }

    @Test
    void containersGoOnWithoutTheAgentAndWithTheNext() throws Exception {
        share();
        OverlayHost.Container one = a.container(FRONT, "one");
        OverlayHost.Container two = b.container(FRONT, "two");
        share(web(task("1", two)));
        assertEquals("two sees 10.201.0.2", one.ask(web().virtual().getFirst()));
        a.stop();
        assertEquals("two sees 10.201.0.2", one.ask(web().virtual().getFirst()));
        a.open();
        a.namespace.call(() -> a.networks.reconcile(Set.of("one")));
        assertEquals("one sees 10.201.1.2", two.ask(one.address()));
        a.want(front(a, b, web(task("1", two))));
        a.await("front");
        assertEquals("two sees 10.201.0.2", one.ask(web().virtual().getFirst()));
        assertEquals(0, a.overlay.repairs());
        assertEquals(address("10.201.0.3"), a.container(FRONT, "three").address());
    }
}
