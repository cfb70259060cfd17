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
}
