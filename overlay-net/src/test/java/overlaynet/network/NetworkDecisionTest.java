package overlaynet.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** Which network comes of a wish. */
class NetworkDecisionTest {
    private static final String ID = "ab12cd34ef".repeat(6) + "0123";

    private static NetworkWish wish(String name, List<String> subnets, List<String> gateways,
            List<String> ranges, boolean ipv6, Map<String, String> options) {
        return new NetworkWish(name, subnets, gateways, ranges, ipv6, false, Map.of(), options);
    }

    private static NetworkWish wish(String... subnets) {
        return wish("web", List.of(subnets), List.of(), List.of(), false, Map.of());
    }

    private static NetworkDecision.Circumstances around(NetworkDefinition... others) {
        return new NetworkDecision.Circumstances(ID, Instant.EPOCH, "jn-ab12cd34",
                List.of(Subnet.parse("10.144.0.0/16"), Subnet.parse("192.0.2.0/24")),
                List.of(others), 16, 29);
    }

    private static NetworkDefinition choose(NetworkWish wish, NetworkDefinition... others)
            throws NetworkDecision.RefusedException {
        return NetworkDecision.choose(wish, around(others));
    }

    private static String refused(NetworkWish wish, NetworkDefinition... others) {
        return assertThrows(NetworkDecision.RefusedException.class, () -> choose(wish, others))
                .getMessage();
    }

    @Test
    void withoutAWordTheFirstFreeSubnetIsTaken() throws Exception {
        NetworkDefinition first = choose(wish());
        assertEquals("10.145.0.0/16", first.subnet().toString());
        assertEquals("10.145.0.1", first.gateway().getHostAddress());
        assertEquals("10.146.0.0/16", choose(wish(), first).subnet().toString());
    }

    @Test
    void whatIsNamedIsTaken() throws Exception {
        NetworkDefinition made = choose(wish("web", List.of("10.9.0.0/24", "fd00:9::/64"),
                List.of("10.9.0.9", "fd00:9::9"), List.of("10.9.0.128/25"), false,
                Map.of("com.docker.network.bridge.name", "web0", "mtu", "1400")));
        assertEquals("10.9.0.9", made.gateway().getHostAddress());
        assertEquals("10.9.0.128/25", made.range().orElseThrow().toString());
        assertEquals(Subnet.parse("fd00:9::/64"), made.ipv6().orElseThrow().subnet());
        assertEquals("web0", made.linkName());
        assertEquals(1400, made.mtuBytes().orElseThrow());
        NetworkDefinition local = choose(wish("web", List.of(), List.of(), List.of(), true, Map.of()));
        assertEquals(Subnet.parse("fdab:12cd:34ef::/64"), local.ipv6().orElseThrow().subnet());
    }

    @Test
    void whatCannotBeIsRefusedWithItsReason() throws Exception {
        NetworkDefinition other = choose(wish("10.9.0.0/24"));
        assertTrue(refused(wish("10.9.0.0/16"), other).contains("that of the network web"));
        assertTrue(refused(wish("192.0.0.0/16")).contains("the host reaches already"));
        assertTrue(refused(wish("10.9.0.0/8")).contains("bits set after the prefix"));
        assertTrue(refused(wish("10.0.0.0/8")).contains("from /16 to /29"));
        assertTrue(refused(wish("10.9.0.0/24", "10.8.0.0/24")).contains("one IPv4 and one IPv6"));
        assertTrue(refused(wish("web", List.of("10.9.0.0/24"), List.of("10.8.0.1"), List.of(), false,
                Map.of())).contains("in no subnet"));
        assertTrue(refused(wish("web", List.of("10.9.0.0/24"), List.of("10.9.0.255"), List.of(),
                false, Map.of())).contains("broadcast"));
        assertTrue(refused(wish("web", List.of("10.9.0.0/24"), List.of(), List.of("10.9.0.0/16"),
                false, Map.of())).contains("not within the subnet"));
        assertTrue(refused(wish("web", List.of(), List.of(), List.of(), false,
                Map.of("mtu", "1"))).contains("not from 68"));
        assertTrue(refused(wish("web", List.of(), List.of(), List.of(), true,
                Map.of("mtu", "576"))).contains("1280"));
        assertTrue(refused(wish("web", List.of(), List.of(), List.of(), false,
                Map.of("com.docker.network.bridge.name", "a/../b"))).contains("link's name"));
        assertTrue(refused(wish("web", List.of(), List.of(), List.of(), false,
                Map.of("unknown", "1"))).contains("unknown is not known"));
        for (String name : List.of("", "host", "bridge", "../x", "a b", "-x", ID)) {
            assertTrue(refused(wish(name, List.of(), List.of(), List.of(), false, Map.of()))
                    .contains("network name"), name);
        }
    }
}
