package overlaynet.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

class ReturnRulesTest {
    private static final ReturnRules RULES = new ReturnRules("t", "jn-1", "jx1", Subnet.parse("10.9.0.0/16"),
            Subnet.parse("10.9.3.0/24"));
    private static final ReturnRules.Way FIRST = new ReturnRules.Way("02:00:00:00:00:01", Subnet.parse("10.9.0.0/24"));
    private static final ReturnRules.Way SECOND = new ReturnRules.Way("02:00:00:00:00:02", Subnet.parse("10.9.1.0/24"));

    @Test
    void eachNodeHasItsMarkAndItsWay() {
        assertEquals(Map.of("marks", Map.of("02:00:00:00:00:01", "0x6a0a0900", "02:00:00:00:00:02", "0x6a0a0901"),
                "gateways", Map.of("0x6a0a0900", "10.9.0.1", "0x6a0a0901", "10.9.1.1")), RULES.elements(List.of(FIRST, SECOND)));
    }

    @Test
    void aChangeTouchesWhoCameAndWhoLeftAlone() {
        String change = RULES.change(RULES.elements(List.of(FIRST)), RULES.elements(List.of(SECOND)));
        assertEquals(Set.of("delete element ip t marks { 02:00:00:00:00:01 }", "add element ip t marks { 02:00:00:00:00:02 : 0x6a0a0901 }",
                "delete element ip t gateways { 0x6a0a0900 }", "add element ip t gateways { 0x6a0a0901 : 10.9.1.1 }"),
                Set.copyOf(change.lines().toList()));
        assertEquals("", RULES.change(RULES.elements(List.of(FIRST)), RULES.elements(List.of(FIRST))));
    }

    @Test
    void aNodeThatTakesAnothersPlaceReplacesIt() {
        ReturnRules.Way heir = new ReturnRules.Way("02:00:00:00:00:09", FIRST.block());
        List<String> change = RULES.change(RULES.elements(List.of(FIRST)), RULES.elements(List.of(heir))).lines().toList();
        assertEquals(List.of("delete element ip t marks { 02:00:00:00:00:01 }", "add element ip t marks { 02:00:00:00:00:09 : 0x6a0a0900 }"),
                change);
    }

    @Test
    void noTwoPartsOfANetworkHaveOneMark() {
        for (String whole : List.of("10.0.0.0/8/28", "10.176.0.0/16/24", "172.16.0.0/12/30", "fd00:9::/48/64", "fd00::/40/64")) {
            String[] parts = whole.split("/");
            Subnet network = Subnet.parse(parts[0] + "/" + parts[1]);
            int length = Integer.parseInt(parts[2]);
            Set<Integer> marks = new HashSet<>();
            int count = 0;
            for (long i = 0; i < 1 << Math.min(16, length - network.prefixLength()); i++) {
                long offset = network.ipv4() ? i << 32 - length : 0;
                Subnet block = network.ipv4() ? Subnet.containing(network.at(offset), length)
                        : Subnet.parse(network.network().getHostAddress().replaceFirst(":0:0:0:0:0$", ":" + Long.toHexString(i) + "::")
                                + "/" + length);
                marks.add(new ReturnRules.Way("02:00:00:00:00:01", block).mark());
                count++;
            }
            assertEquals(count, marks.size(), whole);
            assertTrue(marks.stream().allMatch(each -> each >>> 24 == 0x6a), whole);
        }
    }
}
