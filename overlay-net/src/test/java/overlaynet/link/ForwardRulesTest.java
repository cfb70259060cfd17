package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** The text of a bridge's rules. */
class ForwardRulesTest {
    private static final InetAddress WEB = InetAddress.ofLiteral("10.9.0.2");
    private static final InetAddress WEB6 = InetAddress.ofLiteral("fd00:9::2");

    private static Bridge bridge(boolean internal) {
        return new Bridge("web0", 7, Subnet.parse("10.9.0.0/24"),
                InetAddress.ofLiteral("10.9.0.1"), Optional.of(new Bridge.Ipv6(
                        Subnet.parse("fd00:9::/64"), InetAddress.ofLiteral("fd00:9::1"))),
                internal, 1500);
    }

    /** A node's part of a network of nodes. */
    static Bridge shared(boolean internal, boolean ipv6) {
        Optional<Bridge.Ipv6> its = Optional.of(new Bridge.Ipv6(Subnet.parse("fd00:9:0:3::/64"),
                InetAddress.ofLiteral("fd00:9:0:3::1"))).filter(each -> ipv6);
        List<Subnet> subnets = ipv6 ? List.of(Subnet.parse("10.9.0.0/16"), Subnet.parse("fd00:9::/48"))
                : List.of(Subnet.parse("10.9.0.0/16"));
        return new Bridge("web0", 7, Subnet.parse("10.9.3.0/24"), InetAddress.ofLiteral("10.9.3.1"), its, internal, 1450,
                Optional.of(new Bridge.Peers(Optional.of("jx6a0000"), subnets)));
    }

    /** A node's part of a network of nodes that routes lead through. */
    static Bridge routed(boolean internal) {
        return new Bridge("web0", 7, Subnet.parse("10.9.3.0/24"), InetAddress.ofLiteral("10.9.3.1"), Optional.empty(), internal,
                1500, Optional.of(new Bridge.Peers(Optional.empty(), List.of(Subnet.parse("10.9.0.0/16")))));
    }

    private static List<String> chain(String name, String rules) {
        return rules.lines().map(String::strip).dropWhile(each -> !each.equals("chain " + name + " {")).skip(1)
                .takeWhile(each -> !each.equals("}")).filter(each -> !each.startsWith("type ")).toList();
    }

    private static PublishedPort port(String hostAddress, int hostPort, InetAddress container) {
        return new PublishedPort(new PortMapping(Optional.ofNullable(hostAddress)
                .map(InetAddress::ofLiteral), hostPort, TransportProtocol.TCP, 80), container);
    }

    @Test
    void anInternalBridgeLetsNothingOutAndTranslatesNothing() {
        String open = ForwardRules.install("t", bridge(false), List.of());
        assertTrue(open.contains("ip saddr 10.9.0.0/24 ip daddr != 224.0.0.0/4"
                + " oifname != \"web0\" masquerade"));
        assertTrue(open.contains("oifname \"web0\" ct status dnat accept"));
        String internal = ForwardRules.install("t", bridge(true), List.of());
        assertFalse(internal.contains("oifname != \"web0\" masquerade"));
        assertTrue(internal.contains("iifname \"web0\" oifname \"web0\" accept\n"
                + "        iifname \"web0\" drop\n        oifname \"web0\" drop"));
    }

    @Test
    void eachFamilyHasItsMaps() {
        assertEquals("create element inet t published { 6 . 8080 : 10.9.0.2 . 80 }\n"
                + "create element inet t published_at { 127.0.0.1 . 6 . 8081 : 10.9.0.2 . 80 }\n"
                + "create element inet t published6 { 6 . 8080 : fd00:9:0:0:0:0:0:2 . 80 }\n",
                ForwardRules.publish("t", List.of(port(null, 8080, WEB),
                        port("127.0.0.1", 8081, WEB), port("::", 8080, WEB6))));
        assertEquals("delete element inet t published { 6 . 8080 }\n",
                ForwardRules.unpublish("t", List.of(port("0.0.0.0", 8080, WEB))));
        assertThrows(IllegalArgumentException.class, () -> port("::1", 80, WEB));
    }

    @Test
    void manyPortsAreSeveralCommands() {
        String text = ForwardRules.publish("t", IntStream.rangeClosed(1, 1001)
                .mapToObj(number -> port(null, number, WEB)).toList());
        assertEquals(3, text.lines().count());
    }

    @Test
    void aSharedNetworkLetsItsOwnThroughAndNothingElse() {
        String inside = "{ \"web0\", \"jx6a0000\" }";
        assertEquals(List.of("iifname vmap { \"web0\" : goto from_bridge, \"jx6a0000\" : goto from_tunnel }",
                "oifname != " + inside + " accept", "ct direction original ct original ip daddr 10.9.0.0/16 drop",
                "ct status dnat accept", "oifname \"web0\" ct state established,related accept", "drop"),
                chainOf("forward", shared(false, false)));
        assertEquals(List.of("ip saddr != 10.9.3.0/24 counter drop", "oifname " + inside + " accept", "ip daddr 10.9.0.0/16 reject"),
                chainOf("from_bridge", shared(false, false)));
        assertEquals(List.of("ip saddr != 10.9.0.0/16 ct mark & 0xff000000 != 0x6a000000 counter drop",
                "ip saddr 10.9.3.0/24 counter drop", "oifname " + inside + " accept",
                "ct status dnat ct state established,related accept", "drop"), chainOf("from_tunnel", shared(false, false)));
        assertEquals(List.of("ct direction original ct original ip daddr 10.9.0.0/16 drop", "drop"),
                chainOf("forward", shared(true, false)).subList(2, 4));
        assertEquals("drop", chainOf("from_bridge", shared(true, false)).getLast());
        assertEquals(List.of("oifname " + inside + " accept", "drop"), chainOf("from_tunnel", shared(true, false)).subList(2, 4));
    }

    @Test
    void aRoutedNetworkLetsItsOwnThroughByTheWayThatLeadsToThem() {
        String beside = "iifname != \"web0\" oifname != \"web0\"";
        assertEquals(List.of(beside + " ip daddr != 10.9.0.0/16 accept", beside + " meta nfproto != ipv4 accept",
                "iifname \"web0\" ip saddr != 10.9.3.0/24 counter drop",
                "iifname != \"web0\" ip saddr 10.9.3.0/24 counter drop",
                "iifname != \"web0\" ip saddr 10.9.0.0/16 fib saddr . iif oif missing counter drop",
                "iifname \"web0\" ip daddr 10.9.0.0/16 accept", "oifname \"web0\" ip saddr 10.9.0.0/16 accept",
                "ct direction original ct original ip daddr 10.9.0.0/16 drop", beside + " ct status dnat accept", beside + " drop",
                "iifname \"web0\" accept", "oifname \"web0\" ct state established,related accept",
                "oifname \"web0\" ct status dnat accept", "oifname \"web0\" drop"), chainOf("forward", routed(false)));
        assertEquals(List.of("ct direction original ct original ip daddr 10.9.0.0/16 drop", beside + " drop",
                "iifname \"web0\" drop", "oifname \"web0\" drop"), chainOf("forward", routed(true)).subList(7, 11));
        assertEquals(List.of("ip saddr 10.9.3.0/24 ip daddr != { 224.0.0.0/4, 10.9.0.0/16 } oifname != \"web0\" masquerade",
                "ip saddr 127.0.0.0/8 oifname \"web0\" ct status dnat masquerade",
                "oifname != \"web0\" ct status dnat ip daddr 10.9.0.0/16 ip saddr != 10.9.0.0/16 snat ip to 10.9.3.1"),
                chainOf("postrouting", routed(false)));
        assertEquals(List.of("ip daddr 127.0.0.0/8 iifname != \"lo\" drop",
                "udp dport 4789 iifname \"web0\" fib daddr type local drop",
                "udp dport 4789 ip saddr 10.9.0.0/16 fib daddr type local drop",
                "udp dport 4789 iifname \"web0\" ip daddr != 10.9.0.0/16 drop",
                "udp dport 4789 iifname \"web0\" meta nfproto ipv6 drop"), chainOf("loopback", routed(false)));
        assertEquals("icmp type redirect ct status dnat drop", chainOf("redirects", routed(false)).getLast());
    }

    private static List<String> chainOf(String name, Bridge bridge) {
        return chain(name, ForwardRules.install("t", bridge, List.of()));
    }

    @Test
    void aSharedNetworkOfBothFamiliesHasEachRuleForBoth() {
        Bridge both = shared(false, true);
        assertTrue(chainOf("from_bridge", both).contains("ip6 saddr != fd00:9:0:3:0:0:0:0/64 counter drop"));
        assertTrue(chainOf("from_bridge", both).contains("ip6 daddr fd00:9:0:0:0:0:0:0/48 reject"));
        assertTrue(chainOf("from_tunnel", both).contains(
                "ip6 saddr != fd00:9:0:0:0:0:0:0/48 ct mark & 0xff000000 != 0x6a000000 counter drop"));
        assertTrue(chainOf("from_tunnel", both).contains("ip6 saddr fd00:9:0:3:0:0:0:0/64 counter drop"));
        assertTrue(chainOf("forward", both).contains("ct direction original ct original ip6 daddr fd00:9:0:0:0:0:0:0/48 drop"));
    }

    @Test
    void whatStaysInASharedNetworkKeepsItsAddress() {
        assertEquals(List.of("ip saddr 10.9.3.0/24 ip daddr != 224.0.0.0/4 oifname != { \"web0\", \"jx6a0000\" }"
                + " masquerade", "ip saddr 127.0.0.0/8 oifname \"web0\" ct status dnat masquerade",
                "oifname \"jx6a0000\" ct status dnat ip saddr != 10.9.0.0/16 fib saddr type local snat ip to 10.9.3.1",
                "oifname \"jx6a0000\" ct status dnat ip saddr != 10.9.0.0/16 meta oiftype != ether snat ip to 10.9.3.1"),
                chainOf("postrouting", shared(false, false)), "another node's task sees this node, if it asks itself");
        assertEquals(List.of("ip saddr 127.0.0.0/8 oifname \"web0\" ct status dnat masquerade"),
                chainOf("postrouting", shared(true, true)), "nothing leaves an internal one");
    }

    @Test
    void onlyASharedNetworkSendsNoRedirects() {
        assertEquals(List.of("oifname \"web0\" icmp type redirect drop", "oifname \"web0\" icmpv6 type nd-redirect drop"),
                chainOf("redirects", shared(false, true)));
        assertFalse(ForwardRules.install("t", bridge(false), List.of()).contains("redirect"));
    }
}
