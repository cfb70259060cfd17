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

    @Test
    void aNameOfSeveralHasAllTheirAddressesInTheirOrder() {
        NetworkNames names = new NetworkNames("front", List.of(Subnet.parse("10.9.0.0/24")), List.of(
                new NetworkNames.Member(List.of("web", "www"), List.of(InetAddress.ofLiteral("10.9.0.200"))),
                new NetworkNames.Member(List.of("1.web", "tasks.web"), List.of(ONE)),
                new NetworkNames.Member(List.of("2.web", "tasks.web", "tasks.web"), List.of(TWO, TWO6))));
        assertEquals(Optional.of(List.of(ONE, TWO, TWO6)), names.addresses("tasks.web"));
        assertEquals(Optional.of(List.of(ONE)), names.addresses("1.web.front."));
        assertEquals(names.addresses("web"), names.addresses("www"));
        assertEquals(Optional.of("2.web.front"), names.nameOf(TWO6));
    }

    @Test
    void aNameStandsAtOrBelowThatOfAService() {
        NetworkNames.Service web = new NetworkNames.Service(List.of("my.web", "www"),
                List.of(new NetworkNames.NamedPort("_http._tcp", 80)), List.of("1.my.web"));
        NetworkNames names = new NetworkNames("Front", List.of(), List.of(), List.of(web));
        assertEquals(Optional.of(new NetworkNames.Place("my.web", "", "", web)), names.place("MY.web."));
        assertEquals(Optional.of(new NetworkNames.Place("www.front", "_http._tcp", ".front", web)),
                names.place("_http._tcp.www.front"));
        for (String there : List.of("www", "tasks.www", "_http._tcp.my.web", "_tcp.www")) {
            assertTrue(names.place(there).orElseThrow().exists(), there);
        }
        for (String reserved : List.of("7.www", "site.7.www", "_a._http._tcp.www", "_udp.www")) {
            NetworkNames.Place place = names.place(reserved).orElseThrow();
            assertTrue(!place.exists() && place.isReserved(), reserved);
        }
        assertFalse(names.place("mail.www").orElseThrow().isReserved());
        for (String other : List.of("web", "x.web", "", ".", "wwww", "www.back")) {
            assertEquals(Optional.empty(), names.place(other), other);
        }
    }

    @Test
    void aNameThatEndsLikeTheNetworkIsFoundBothWays() {
        NetworkNames names = new NetworkNames("front", List.of(), List.of(
                new NetworkNames.Member(List.of("web.front"), List.of(ONE)),
                new NetworkNames.Member(List.of("web"), List.of(TWO))));
        assertEquals(Optional.of(List.of(ONE, TWO)), names.addresses("web.front"));
        assertEquals(Optional.of(List.of(ONE)), names.addresses("web.front.front"));
        assertEquals(Optional.of(List.of(TWO)), names.addresses("web"));
    }
}
