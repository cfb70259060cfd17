package overlaynet.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.NeighbourInfo;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteInfo;
import linux.netlink.VxlanInfo;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** A network of node a with two peers, against tables that are made up. */
class DifferenceTest {
    private static final int INDEX = 9;
    private static final int PERMANENT = 0x80;
    private static final Peer B = peer("b", "192.0.2.2", "10.1.2.0/24");
    private static final Peer C = peer("c", "192.0.2.3", "10.1.3.0/24");
    private static final Mesh WANTED = mesh(List.of(B, C));

    private static Mesh mesh(List<Peer> peers) {
        return new Mesh(42, "a", InetAddress.ofLiteral("192.0.2.1"), 4789, 1450, List.of(Subnet.parse("10.1.1.0/24")),
                peers);
    }

    private static Peer peer(String node, String underlay, String block) {
        return new Peer(node, InetAddress.ofLiteral(underlay), List.of(Subnet.parse(block)));
    }

    private static LinkInfo link(boolean up, int mtuBytes, HardwareAddress address) {
        return new LinkInfo(INDEX, "jx2a", up ? 1 : 0, mtuBytes, Optional.of(address), OptionalInt.empty(),
                Optional.of("vxlan"));
    }

    private static Tables tables(List<Peer> peers) {
        List<RouteInfo> routes = new ArrayList<>();
        List<NeighbourInfo> neighbours = new ArrayList<>();
        List<NeighbourInfo> forwarding = new ArrayList<>();
        for (Peer each : peers) {
            Subnet block = each.blocks().getFirst();
            routes.add(new RouteInfo(false, Optional.of(block.network()), 24, Optional.of(Peer.gateway(block)),
                    OptionalInt.of(INDEX), 254, 1));
            neighbours.add(new NeighbourInfo(INDEX, Optional.of(Peer.gateway(block)), Optional.of(each.tunnel(42)),
                    PERMANENT));
            forwarding.add(new NeighbourInfo(INDEX, Optional.of(each.underlay()), Optional.of(each.tunnel(42)), PERMANENT));
        }
        return new Tables(Optional.of(link(true, 1450, WANTED.tunnel())),
                Optional.of(new VxlanInfo(42, Optional.of(WANTED.underlay()), 4789)), routes, neighbours, forwarding);
    }

    private static List<String> between(Mesh wanted, Tables there) {
        Difference difference = Difference.between(wanted, there);
        assertTrue(difference.complete(), "one round is enough");
        return difference.requests().stream().map(NetlinkRequest::symbolic).toList();
    }

    @Test
    void aTunnelThatIsNotThereIsMadeAndLookedAtAgain() {
        Difference first = Difference.between(WANTED, Tables.NOTHING);
        assertFalse(first.complete());
        assertEquals(List.of("RTM_NEWLINK vxlan jx2a id 42 local 192.0.2.1 port 4789 nolearning"),
                first.requests().stream().map(NetlinkRequest::symbolic).toList());
    }

    @Test
    void whatIsThereAlreadyNeedsNothing() {
        assertEquals(List.of(), between(WANTED, tables(List.of(B, C))));
    }

    @Test
    void aNewPeerGetsThreeRows() {
        assertEquals(List.of("RTM_NEWNEIGH bridge " + C.tunnel(42) + " dst 192.0.2.3 dev 9 self permanent",
                "RTM_NEWNEIGH 10.1.3.1 lladdr " + C.tunnel(42) + " dev 9 permanent",
                "RTM_NEWROUTE 10.1.3.0/24 via 10.1.3.1 dev 9 onlink src 10.1.1.1"), between(WANTED, tables(List.of(B))));
    }

    @Test
    void aPeerThatLeftTakesItsRowsAlong() {
        assertEquals(List.of("RTM_DELNEIGH bridge " + C.tunnel(42) + " dst 192.0.2.3 dev 9 self",
                "RTM_DELNEIGH 10.1.3.1 dev 9", "RTM_DELROUTE 10.1.3.0/24 dev 9"),
                between(mesh(List.of(B)), tables(List.of(B, C))));
    }

    @Test
    void aPeerThatMovedIsLookedForWhereItIs() {
        Peer moved = peer("c", "192.0.2.33", "10.1.3.0/24");
        assertEquals(List.of("RTM_DELNEIGH bridge " + C.tunnel(42) + " dst 192.0.2.3 dev 9 self",
                "RTM_NEWNEIGH bridge " + C.tunnel(42) + " dst 192.0.2.33 dev 9 self permanent"),
                between(mesh(List.of(B, moved)), tables(List.of(B, C))));
    }

    @Test
    void aTunnelThatWasTurnedOffOrChangedIsMended() {
        Tables good = tables(List.of(B, C));
        Tables damaged = new Tables(Optional.of(link(false, 1500, HardwareAddress.parse("02:00:00:00:00:01"))), good.vxlan(),
                good.routes(), good.neighbours(), good.forwarding());
        assertEquals(List.of("RTM_NEWLINK index 9 address " + WANTED.tunnel(), "RTM_NEWLINK index 9 mtu 1450",
                "RTM_NEWLINK index 9 up"), between(WANTED, damaged));
    }

    @Test
    void anothersTunnelOfThatNameIsReplaced() {
        Tables other = new Tables(tables(List.of()).link(), Optional.of(new VxlanInfo(43, Optional.empty(), 4789)), List.of(),
                List.of(), List.of());
        Difference difference = Difference.between(WANTED, other);
        assertFalse(difference.complete());
        assertEquals("RTM_DELLINK index 9", difference.requests().getFirst().symbolic());
    }

    @Test
    void whatTheKernelLearntByItselfIsLeftAlone() {
        Tables good = tables(List.of(B, C));
        List<RouteInfo> routes = new ArrayList<>(good.routes());
        routes.add(new RouteInfo(true, Optional.of(InetAddress.ofLiteral("fe80::")), 64, Optional.empty(),
                OptionalInt.of(INDEX), 254, 1));
        routes.add(new RouteInfo(false, Optional.of(InetAddress.ofLiteral("10.9.0.0")), 16, Optional.empty(),
                OptionalInt.of(INDEX), 100, 1));
        List<NeighbourInfo> neighbours = new ArrayList<>(good.neighbours());
        neighbours.add(new NeighbourInfo(INDEX, Optional.of(InetAddress.ofLiteral("224.0.0.22")),
                Optional.of(HardwareAddress.parse("01:00:5e:00:00:16")), 0x40));
        List<NeighbourInfo> forwarding = new ArrayList<>(good.forwarding());
        forwarding.add(new NeighbourInfo(INDEX, Optional.empty(), Optional.of(HardwareAddress.parse("33:33:00:00:00:01")),
                PERMANENT));
        assertEquals(List.of(), between(WANTED, new Tables(good.link(), good.vxlan(), routes, neighbours, forwarding)));
    }

    @Test
    void aNodeWithoutAPartOfThatFamilyHasNoWayThere() {
        Peer both = new Peer("b", B.underlay(), List.of(Subnet.parse("10.1.2.0/24"), Subnet.parse("fd00:1:2::/64")));
        assertFalse(between(mesh(List.of(both)), tables(List.of())).stream()
                .anyMatch(each -> each.startsWith("RTM_NEWROUTE fd00")), "no route");
    }

    @Test
    void anIdOfMoreThan24BitsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Mesh(1 << 24, "a", WANTED.underlay(), 4789, 1450, List.of(),
                List.of()));
    }
}
