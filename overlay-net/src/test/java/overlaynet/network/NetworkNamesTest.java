package overlaynet.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** Who is called what in a network. */
class NetworkNamesTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("10.9.0.2");
    private static final InetAddress TWO = InetAddress.ofLiteral("10.9.0.3");
    private static final InetAddress TWO6 = InetAddress.ofLiteral("fd00::3");
    private static final NetworkNames NAMES = new NetworkNames("Front",
            List.of(Subnet.parse("10.9.0.0/24")), List.of(
                    new NetworkNames.Member(List.of("one", "0123456789ab", "app"), List.of(ONE)),
                    new NetworkNames.Member(List.of("two", "app"), List.of(TWO, TWO6))));

    @Test
    void namesAliasesAndTheNetworksOwn() {
        assertEquals(Optional.of(List.of(ONE)), NAMES.addresses("one"));
        assertEquals(Optional.of(List.of(ONE)), NAMES.addresses("ONE.front."));
        assertEquals(Optional.of(List.of(ONE)), NAMES.addresses("0123456789ab."));
        assertEquals(Optional.of(List.of(ONE, TWO, TWO6)), NAMES.addresses("app"));
        for (String other : List.of("on", "one.back", "", ".", "front", "one.front.front")) {
            assertEquals(Optional.empty(), NAMES.addresses(other), other);
        }
    }

    @Test
    void addressesHaveNames() {
        assertEquals(Optional.of("two.Front"), NAMES.nameOf(TWO6));
        assertEquals(Optional.empty(), NAMES.nameOf(InetAddress.ofLiteral("10.9.0.9")));
        assertTrue(NAMES.covers(InetAddress.ofLiteral("10.9.0.9")));
        assertFalse(NAMES.covers(InetAddress.ofLiteral("10.8.0.9")));
    }
}
