package overlaynet.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** A network of plain routes of node a with two peers, against routes that are made up. */
class RoutingTest {
    private static final List<Subnet> WHOLE = List.of(Subnet.parse("10.1.0.0/16"));
    private static final Peer B = peer("b", "192.0.2.2", "10.1.2.0/24");
    private static final Peer C = peer("c", "192.0.2.3", "10.1.3.0/24");
    private static final String NOWHERE = "RTM_NEWROUTE unreachable 10.1.0.0/16 proto 106";
    private static final String TO_B = "RTM_NEWROUTE 10.1.2.0/24 via 192.0.2.2 src 10.1.1.1 proto 106";
    private static final String TO_C = "RTM_NEWROUTE 10.1.3.0/24 via 192.0.2.3 src 10.1.1.1 proto 106";

    private static Peer peer(String node, String underlay, String block) {
        return new Peer(node, InetAddress.ofLiteral(underlay), List.of(Subnet.parse(block)));
    }

    private static Routing routing(Peer... peers) {
        return new Routing(WHOLE, List.of(Subnet.parse("10.1.1.0/24")), List.of(peers));
    }

    private static RouteInfo route(String to, String via, int type, int protocol) {
        Subnet subnet = Subnet.parse(to);
        return new RouteInfo(!subnet.ipv4(), Optional.of(subnet.network()), subnet.prefixLength(),
                Optional.of(via).filter(each -> !each.isEmpty()).map(InetAddress::ofLiteral), OptionalInt.of(2),
                RouteMessages.MAIN_TABLE, type, protocol);
    }

    private static RouteInfo own(String to, String via) {
        return route(to, via, via.isEmpty() ? RouteMessages.UNREACHABLE : RouteMessages.UNICAST, RouteMessages.PROTOCOL_OWN);
    }

    private static List<String> lacking(Routing wanted, RouteInfo... there) {
        return wanted.lacking(List.of(there)).stream().map(each -> each.request().symbolic()).toList();
    }

    @Test
    void theWayToNowhereIsTheFirst() {
        assertEquals(List.of(NOWHERE, TO_B, TO_C), lacking(routing(B, C)));
        assertEquals(List.of(Optional.empty(), Optional.of(B)), routing(B).lacking(List.of()).stream()
                .map(Routing.Step::to).toList());
    }

    @Test
    void whatIsThereIsNotSentAgain() {
        assertEquals(List.of(), lacking(routing(B), own("10.1.0.0/16", ""), own("10.1.2.0/24", "192.0.2.2")));
        assertEquals(List.of(TO_C), lacking(routing(B, C), own("10.1.2.0/24", "192.0.2.2"), own("10.1.0.0/16", "")));
    }

    @Test
    void whatNobodyHoldsGoesAndWhoMovedIsFollowed() {
        assertEquals(List.of("RTM_DELROUTE 10.1.2.0/24 proto 106", TO_B), lacking(routing(B), own("10.1.0.0/16", ""),
                own("10.1.2.0/24", "192.0.2.9")));
        assertEquals(List.of("RTM_DELROUTE 10.1.3.0/24 proto 106"), lacking(routing(B), own("10.1.0.0/16", ""),
                own("10.1.2.0/24", "192.0.2.2"), own("10.1.3.0/24", "192.0.2.3")));
        assertEquals(List.of("RTM_DELROUTE unreachable 10.1.9.0/24 proto 106"), lacking(routing(), own("10.1.0.0/16", ""),
                own("10.1.9.0/24", "")));
    }

    @Test
    void othersRoutesAreLeftAlone() {
        List<RouteInfo> others = new ArrayList<>(List.of(own("10.2.0.0/16", ""), own("10.2.1.0/24", "192.0.2.7"),
                route("10.1.7.0/24", "192.0.2.7", RouteMessages.UNICAST, 3), own("10.0.0.0/8", ""),
                own("fd00::/64", ""), new RouteInfo(false, Optional.empty(), 0, Optional.empty(), OptionalInt.of(2),
                        RouteMessages.MAIN_TABLE, RouteMessages.UNICAST, RouteMessages.PROTOCOL_OWN)));
        assertEquals(List.of(NOWHERE, TO_B), lacking(routing(B), others.toArray(RouteInfo[]::new)));
        assertFalse(Routing.isOwn(others.getLast(), WHOLE));
        assertTrue(Routing.isOwn(own("10.1.0.0/16", ""), WHOLE));
    }

    @Test
    void aNodeWithoutAPartLeadsNowhere() {
        assertEquals(List.of(NOWHERE), lacking(new Routing(WHOLE, List.of(), List.of(B))));
    }
}
