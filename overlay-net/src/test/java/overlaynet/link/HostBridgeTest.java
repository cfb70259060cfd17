package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.AddressInfo;
import linux.netlink.LinkInfo;
import linux.netlink.RouteInfo;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Decisions over made-up hosts, and what happens where nftables is missing. */
class HostBridgeTest {
    private static final BridgeSettings SETTINGS =
            BridgeSettings.forRunFolder(Path.of("/run/jctl"));

    private static LinkInfo link(int index, String name, int mtuBytes, String kind) {
        return new LinkInfo(index, name, 1, mtuBytes, Optional.empty(), OptionalInt.empty(),
                Optional.ofNullable(kind));
    }

    private static RouteInfo defaultRoute(int link) {
        return new RouteInfo(false, Optional.empty(), 0,
                Optional.of(InetAddress.ofLiteral("192.0.2.1")), OptionalInt.of(link), 254, 1);
    }

    private static HostNetwork host(String bridgeAddress) {
        List<AddressInfo> addresses = new ArrayList<>();
        List<LinkInfo> links = new ArrayList<>(List.of(link(2, "eth0", 9000, null)));
        if (bridgeAddress != null) {
            links.add(link(3, "jctl0", 1500, "bridge"));
            Optional.of(bridgeAddress).filter(text -> !text.isEmpty()).ifPresent(text ->
                    addresses.add(new AddressInfo(3, InetAddress.ofLiteral(text), 16)));
        }
        return new HostNetwork(links, addresses, List.of(defaultRoute(2)));
    }

    private static BridgeDecision.Build build(BridgeSettings settings, HostNetwork host) {
        return assertInstanceOf(BridgeDecision.Build.class,
                BridgeDecision.decide(settings, Optional.empty(), List.of(), host));
    }

    private static String refuse(BridgeSettings settings, HostNetwork host) {
        return assertInstanceOf(BridgeDecision.Refuse.class,
                BridgeDecision.decide(settings, Optional.empty(), List.of(), host)).reason();
    }

    @Test
    void nothingThereYet() {
        BridgeDecision.Build build = build(SETTINGS, host(null));
        assertTrue(build.create() && build.addGateway() && !build.bringUp());
        assertEquals("10.144.0.0/16", build.subnet().toString());
        assertEquals(9000, build.mtuBytes());
    }

    @Test
    void whatIsThereIsAdopted() {
        BridgeDecision.Build whole = build(SETTINGS, host("10.99.0.1"));
        assertTrue(!whole.create() && !whole.addGateway());
        assertEquals("10.99.0.0/16", whole.subnet().toString());
        BridgeDecision.Build bare = build(SETTINGS, host(""));
        assertTrue(!bare.create() && bare.addGateway());
    }

    @Test
    void theRememberedSubnetIsKeptWhileFree() {
        Subnet before = Subnet.parse("10.150.0.0/16");
        BridgeDecision kept =
                BridgeDecision.decide(SETTINGS, Optional.of(before), List.of(), host(null));
        assertEquals(before, assertInstanceOf(BridgeDecision.Build.class, kept).subnet());
        BridgeDecision moved = BridgeDecision.decide(SETTINGS, Optional.of(before),
                List.of(Subnet.parse("10.150.3.4/32")), host(null));
        assertEquals(Subnet.parse("10.144.0.0/16"),
                assertInstanceOf(BridgeDecision.Build.class, moved).subnet());
    }

    @Test
    void conflictsAreRefusedWithAWayOut() {
        BridgeSettings fixed = SETTINGS.withSubnet(Subnet.parse("10.1.0.0/16"));
        assertTrue(refuse(fixed, host("10.99.0.1")).contains("ip link delete jctl0"));
        assertTrue(refuse(SETTINGS, host("10.99.0.7")).contains("expected the first address"));
        HostNetwork routed = new HostNetwork(List.of(link(2, "eth0", 1500, null)), List.of(
                new AddressInfo(2, InetAddress.ofLiteral("10.1.2.3"), 24)), List.of());
        assertTrue(refuse(fixed, routed).contains("overlaps a network the host reaches already"));
    }

    @Test
    void agentsHaveNamesOfTheirOwn() {
        BridgeSettings other = BridgeSettings.forRunFolder(Path.of("/run/other"));
        assertEquals("jctl0", BridgeSettings.forRunFolder(Path.of("/run/x/../jctl")).linkName());
        assertTrue(other.linkName().matches("jctl-[0-9a-f]{6}"));
        assertTrue(other.tableName().matches("jctl_[0-9a-f]{6}"));
        assertNotEquals(other, BridgeSettings.forRunFolder(Path.of("/run/third")));
        for (String subnet : List.of("10.0.0.0/15", "10.0.0.0/30", "fd00::/64")) {
            assertThrows(IllegalArgumentException.class,
                    () -> SETTINGS.withSubnet(Subnet.parse(subnet)));
        }
    }

    @Test
    void chainsThatDropAreFound() throws NftablesException {
        String json = """
                {"nftables": [{"metainfo": {"version": "1.0.6"}},
                 {"chain": {"family": "ip", "table": "filter", "name": "FORWARD", "hook": "forward",
                            "policy": "drop"}},
                 {"chain": {"family": "ip6", "table": "f6", "name": "x", "hook": "forward",
                            "policy": "drop"}},
                 {"chain": {"family": "inet", "table": "a", "name": "b", "hook": "forward",
                            "policy": "accept"}},
                 {"chain": {"family": "inet", "table": "a", "name": "plain"}}]}
                """;
        assertEquals(List.of("ip filter FORWARD"), HostFirewall.droppingChains(json, "forward"));
        assertEquals(List.of(), HostFirewall.droppingChains("{}", "forward"));
        assertThrows(NftablesException.class, () -> HostFirewall.droppingChains("{", "forward"));
    }

    @NeedsKernel
    @Test
    void withoutNftablesTheBridgeStandsAndSaysWhatIsMissing() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    HostBridge bridge = new HostBridge(SETTINGS, socket,
                            SharedNftables.missing(new NftablesMissingException(
                                    new IllegalArgumentException("none"))));
                    HostBridge.Ensured ensured =
                            bridge.ensure(Optional.empty(), List.of(), List.of());
                    assertTrue(bridge.stands(ensured.bridge()));
                    assertEquals(1, ensured.warnings().size());
                    assertTrue(ensured.warnings().getFirst()
                            .contains("apt-get install libnftables1"));
                    HostBridge.Ensured again =
                            bridge.ensure(Optional.empty(), List.of(), List.of());
                    assertEquals(ensured, again);
                    bridge.remove();
                    assertTrue(HostNetwork.read(socket).link("jctl0").isEmpty());
                }
                return null;
            });
        }
    }

    @NeedsKernel
    @Test
    void aRefusedBatchIsQuotedAndNothingOfItDone() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    NftablesException refused = assertThrows(NftablesException.class,
                            () -> nftables.run("add table inet one\n"
                                    + "add rule inet one none accept\n"));
                    assertTrue(refused.getMessage().contains("add rule inet one none accept"));
                    assertEquals("", nftables.run("list tables"));
                } catch (NftablesMissingException missing) {
                    Assumptions.abort(missing.getMessage());
                }
                return null;
            });
        }
    }
}
