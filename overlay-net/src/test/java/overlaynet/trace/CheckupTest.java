package overlaynet.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every fault of a node has a check that is named for it, with what to do. */
class CheckupTest {
    private static final InetAddress UNDERLAY = InetAddress.ofLiteral("192.0.2.2");
    private static final InetAddress BRIDGE = InetAddress.ofLiteral("10.176.1.1");
    private static final NodeEvidence.Host HOST = host(List.of(), true, true, 10);
    private static final NodeEvidence.Port PORT = new NodeEvidence.Port(4789, List.of(), List.of(), List.of(), false);
    private static final NodeEvidence.Repairs NONE = new NodeEvidence.Repairs(0, "", 0);
    private static final NodeEvidence.Node NODE = new NodeEvidence.Node("b", UNDERLAY, true, Optional.empty());
    private static final NodeEvidence.Tunnel WELL = new NodeEvidence.Tunnel("b", BRIDGE, true, 1450);

    private static NodeEvidence.Host host(List<String> lacking, boolean ipv4, boolean ipv6, long connections) {
        return new NodeEvidence.Host(lacking, ipv4, ipv6, false, List.of(), List.of(), connections, 100, "");
    }

    private static NodeEvidence.Network network(NodeEvidence.Tunnel tunnel) {
        return new NodeEvidence.Network("shop", Optional.empty(), List.of(), List.of(), true, 1450, 50, 1500,
                List.of(tunnel));
    }

    private static List<Hop> found(NodeEvidence.Host host, NodeEvidence.Port port, NodeEvidence.Repairs repairs,
            NodeEvidence.Node node, NodeEvidence.Network network) {
        return Checkup.of(new NodeEvidence(host, port, repairs, List.of(node), List.of(network)));
    }

    /** The one check that does not hold. */
    private static Hop fault(List<Hop> all) {
        List<Hop> faults = all.stream().filter(each -> each.state() != Hop.State.HOLDS).toList();
        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.getFirst().state() == Hop.State.UNKNOWN || !faults.getFirst().mend().isEmpty());
        return faults.getFirst();
    }

    private static Hop fault(NodeEvidence.Host host) {
        return fault(found(host, PORT, NONE, NODE, network(WELL)));
    }

    private static Hop fault(NodeEvidence.Port port) {
        return fault(found(HOST, port, NONE, NODE, network(WELL)));
    }

    private static Hop fault(NodeEvidence.Network network) {
        return fault(found(HOST, PORT, NONE, NODE, network));
    }

    private static void assertFault(Hop.State state, String name, String word, Hop found) {
        assertEquals(state, found.state(), found.toString());
        assertEquals(name, found.name());
        assertTrue((found.what() + ". " + found.mend()).contains(word), found.toString());
    }

    @Test
    void aNodeWithoutAFaultHolds() {
        List<Hop> all = found(HOST, PORT, NONE, NODE, network(WELL));
        assertEquals(List.of("kernel", "forwarding", "firewall", "connections", "fast path", "UDP port 4789", "repairs", "node b",
                "network shop", "tables of shop", "tunnel of shop to b"), all.stream().map(Hop::name).toList());
        assertTrue(all.stream().allMatch(each -> each.state() == Hop.State.HOLDS && each.mend().isEmpty()),
                all.toString());
    }

    @Test
    void faultsOfTheHost() {
        assertFault(Hop.State.FAILS, "kernel", "has not VXLAN, nf_tables", fault(host(List.of("VXLAN", "nf_tables"),
                true, true,
                1)));
        assertFault(Hop.State.FAILS, "forwarding", "is off for IPv4: the host passes no packets on. sysctl -w"
                + " net.ipv4.ip_forward=1", fault(host(List.of(), false, true, 1)));
        assertFault(Hop.State.FAILS, "forwarding", "is off for IPv6: the host passes no packets on. sysctl -w"
                + " net.ipv6.conf.all.forwarding=1", fault(host(List.of(), true, false, 1)));
        assertFault(Hop.State.WARNS, "connections", "80 of 100", fault(host(List.of(), true, true, 80)));
        assertFault(Hop.State.FAILS, "connections", "nf_conntrack_max=200", fault(host(List.of(), true, true, 99)));
        Hop dropping = fault(new NodeEvidence.Host(List.of(), true, true, true, List.of(new NodeEvidence.Dropping(
                "ip filter FORWARD", "jn-1")), List.of(), -1, 0, ""));
        assertFault(Hop.State.WARNS, "firewall",
                "chain ip filter FORWARD drops what it does not know, and does not name the"
                + " bridge jn-1; with net.bridge.bridge-nf-call-iptables=1", dropping);
        assertFault(Hop.State.WARNS, "firewall", "nft insert rule inet filter input udp dport 4789 accept", fault(
                new NodeEvidence.Host(List.of(), true, true, false, List.of(), List.of("inet filter input"), 1, 100, "")));
    }

    @Test
    void whoElseHasThePort() {
        assertFault(Hop.State.FAILS, "UDP port 4789", "belongs to socat (process 7)", fault(new NodeEvidence.Port(4789,
                List.of("socat (process 7)"), List.of(), List.of(), false)));
        assertFault(Hop.State.FAILS, "UDP port 4789", "vxlan7", fault(new NodeEvidence.Port(4789, List.of(), List.of(),
                List.of("vxlan7"), false)));
        NodeEvidence.Port shared = new NodeEvidence.Port(4789, List.of(), List.of("flannel.1"), List.of(), false);
        assertTrue(found(HOST, shared, NONE, NODE, network(WELL)).contains(Hop.holds("UDP port 4789",
                "is shared with flannel.1")));
        NodeEvidence.Port hidden = new NodeEvidence.Port(4789, List.of(), List.of(), List.of(), true);
        assertFault(Hop.State.WARNS, "UDP port 4789", "docker swarm init --data-path-port", fault(hidden));
        NodeEvidence.Network none = new NodeEvidence.Network("shop", Optional.of("EADDRINUSE"), List.of(), List.of(),
                true, 0,
                50, 0, List.of());
        for (NodeEvidence.Port each : List.of(shared, hidden)) {
            List<Hop> faults = found(HOST, each, NONE, NODE, none).stream()
                    .filter(hop -> hop.state() == Hop.State.FAILS)
                    .toList();
            assertEquals(List.of("UDP port 4789", "network shop"), faults.stream().map(Hop::name).toList());
            assertEquals("EADDRINUSE", faults.getLast().what());
        }
    }

    @Test
    void repairsOfLateAreAWarning() {
        assertFault(Hop.State.WARNS, "repairs", "7 since the agent began, the last 20 s ago: a route",
                fault(found(HOST, PORT,
                new NodeEvidence.Repairs(7, "a route", 20), NODE, network(WELL))));
        assertTrue(found(HOST, PORT, new NodeEvidence.Repairs(7, "a route", 7200), NODE, network(WELL)).contains(
                Hop.holds("repairs", "7 since the agent began, the last 2 h ago: a route")));
    }

    @Test
    void faultsBetweenTheNodes() {
        NodeEvidence.Node silent = new NodeEvidence.Node("b", UNDERLAY, false, Optional.empty());
        NodeEvidence.Tunnel cut = new NodeEvidence.Tunnel("b", BRIDGE, false, 0);
        assertFault(Hop.State.FAILS, "tunnel of shop to b", "let UDP port 4789 through", fault(network(cut)));
        List<Hop> lost = found(HOST, PORT, NONE, silent, network(cut)).stream()
                .filter(each -> each.state() != Hop.State.HOLDS)
                .toList();
        assertEquals(List.of("node b", "tunnel of shop to b"), lost.stream().map(Hop::name).toList());
        assertEquals(List.of(Hop.State.FAILS, Hop.State.UNKNOWN), lost.stream().map(Hop::state).toList());
        assertTrue(found(HOST, PORT, NONE, silent, network(WELL)).stream()
                .allMatch(each -> each.state() == Hop.State.HOLDS),
                "who answers no ping may be reached all the same");
        assertFault(Hop.State.WARNS, "way to b", "sysctl -w net.ipv4.conf.eth1.rp_filter=2", fault(found(HOST, PORT,
                NONE,
                new NodeEvidence.Node("b", UNDERLAY, true, Optional.of("eth1")), network(WELL))));
        assertFault(Hop.State.FAILS, "tunnel of shop to b",
                "small packets pass, packets of 1450 bytes do not: the largest that"
                + " passes has 1254, so the MTU between the nodes is 1304, and the network's needs 1500."
                + " raise the MTU of the links"
                + " between the nodes, or make the network anew with --mtu 1254",
                fault(network(new NodeEvidence.Tunnel("b", BRIDGE, true, 1254))));
    }

    @Test
    void faultsOfANetwork() {
        assertFault(Hop.State.FAILS, "network shop", "it overlaps", fault(new NodeEvidence.Network("shop",
                Optional.of("it overlaps"), List.of(), List.of(), true, 0, 50, 0, List.of())));
        assertFault(Hop.State.FAILS, "subnet of shop", "10.176.9.0/24", fault(new NodeEvidence.Network("shop",
                Optional.empty(),
                List.of("10.176.9.0/24"), List.of(), true, 1450, 50, 1500, List.of(WELL))));
        assertFault(Hop.State.FAILS, "tables of shop", "lacks a route; its bridge's rules are not as made", fault(
                new NodeEvidence.Network("shop", Optional.empty(), List.of(), List.of("lacks a route"), false, 1450,
                50, 1500,
                        List.of(WELL))));
        assertFault(Hop.State.WARNS, "MTU of shop",
                "have 1500 in the tunnel, more than the 1300 of this node's link: they are"
                + " cut in pieces. raise the link's MTU to 1500, or make the network with --mtu 1250", fault(
                new NodeEvidence.Network("shop", Optional.empty(), List.of(), List.of(), true, 1450, 50, 1300,
                        List.of(WELL))));
    }
}
