package cli.lab.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import overlaynet.ipam.Subnet;

class LabRequestTest {
    private static final Path BASE = Path.of("/labs");

    @Test
    void aLabGetsTheFirstFreeSubnet() throws LabRefusal {
        LabDescription lab = new LabRequest("lab", 3, "", List.of("--x={address}"))
                .describe(BASE, List.of(Subnet.parse("10.89.0.0/23"), Subnet.parse("192.0.2.0/24")));
        assertEquals(Subnet.parse("10.89.2.0/24"), lab.subnet());
        assertEquals("10.89.2.254", lab.gateway().getHostAddress());
        assertEquals(List.of("10.89.2.1", "10.89.2.2", "10.89.2.3"),
                lab.hosts().stream().map(host -> host.address().getHostAddress()).toList());
        assertEquals("lab-node3", lab.hostName(lab.hosts().get(2)));
        assertEquals(Path.of("/labs/lab/node3/run/jctl.sock"), lab.socket(lab.hosts().get(2)));
        assertTrue(lab.hosts().stream().allMatch(VirtualHost::powered));
    }

    @Test
    void namesOfLinksFitTheKernelsLimit() throws LabRefusal {
        LabDescription lab = new LabRequest("abcdefghij", LabRequest.MOST_NODES, "", List.of())
                .describe(BASE, List.of());
        for (VirtualHost host : lab.hosts()) {
            assertTrue(linux.netlink.LinkName.check(lab.linkName(host)).length() <= 15);
        }
        assertTrue(linux.netlink.LinkName.check(lab.bridgeName()).length() <= 15);
    }

    @ParameterizedTest
    @CsvSource({"0, from 1 to 250", "-1, from 1 to 250", "300, from 1 to 250", "9999999999, from 1 to 250"})
    void aNumberOfNodesOutOfBoundsIsRefused(long nodes, String why) {
        assertRefused(why, new LabRequest("lab", nodes, "", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Lab", "лаб", "lab_1", "../lab", "1lab", "-lab", "lab-", "a/b", "lab\n",
        "abcdefghijk"})
    void aNameThatCannotNameALinkIsRefused(String name) {
        assertRefused("a lab cannot be called", new LabRequest(name, 2, "", List.of()));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0, not a subnet", "x/24, the subnet", "10.0.0.1/24, bits set after the prefix",
        "10.0.0.0/15, from /16 to /29", "10.0.0.0/30, from /16 to /29", "fd00::/64, must be IPv4",
        "10.7.0.0/16, overlaps 10.7.3.0/24", "10.9.0.0/29, has addresses for 5 nodes"})
    void aSubnetThatCannotBeIsRefused(String subnet, String why) {
        assertRefused(why, new LabRequest("lab", 6, subnet, List.of()));
    }

    @Test
    void withoutAFreeSubnetTheUserMustNameOne() {
        LabRefusal refused = assertThrows(LabRefusal.class, () -> new LabRequest("lab", 2, "", List.of())
                .describe(BASE, List.of(Subnet.parse("10.0.0.0/8"))));
        assertTrue(refused.getMessage().contains("--subnet"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--run-dir", "--run-dir=/x", "--data-dir", "--listen={adress}", "{}"})
    void anOptionThatIsTheLabsOwnOrHasAnUnknownPlaceIsRefused(String option) {
        assertThrows(LabRefusal.class, () -> LabRequest.checkOptions(List.of(option)));
    }

    @Test
    void aSocketsPathHasALimit() {
        LabRefusal refused = assertThrows(LabRefusal.class, () -> new LabRequest("lab", 2, "", List.of())
                .describe(Path.of("/" + "f".repeat(90)), List.of()));
        assertTrue(refused.getMessage().contains("107 bytes"), refused.getMessage());
    }

    private static void assertRefused(String why, LabRequest request) {
        LabRefusal refused = assertThrows(LabRefusal.class,
                () -> request.describe(BASE, List.of(Subnet.parse("10.7.3.0/24"))));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }
}
