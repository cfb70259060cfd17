package overlaynet.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.netlink.LinkInfo;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteInfo;
import linux.netlink.VxlanInfo;
import linux.netlink.WireGuardInfo;
import linux.netlink.WireGuardKey;
import linux.netlink.WireGuardPeer;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** An encrypted network of node a with two peers, against tables that are made up. */
class EncryptedDifferenceTest {
    private static final int INDEX = 9;
    private static final int NUMBER = 42;
    private static final int PORT = Mesh.encryptedPort(NUMBER);
    private static final TunnelSecret OWN = secret(1);
    private static final TunnelSecret NEXT = secret(2);
    private static final Peer B = peer("b", "192.0.2.2", "10.1.2.0/24", 3);
    private static final Peer C = peer("c", "192.0.2.3", "10.1.3.0/24", 4);
    private static final Peer NEW_C = peer("c", "192.0.2.3", "10.1.3.0/24", 5);

    private static TunnelSecret secret(int every) {
        byte[] bytes = new byte[WireGuardKey.BYTES];
        Arrays.fill(bytes, (byte) every);
        return TunnelSecret.of(bytes);
    }

    private static Peer peer(String node, String underlay, String block, int key) {
        return new Peer(node, InetAddress.ofLiteral(underlay), List.of(Subnet.parse(block)),
                Optional.of(secret(key).publicKey()));
    }

    private static Mesh mesh(TunnelSecret secret, Peer... peers) {
        return new Mesh(NUMBER, "a", InetAddress.ofLiteral("192.0.2.1"), PORT, 1440, List.of(Subnet.parse("10.1.1.0/24")),
                List.of(peers), Optional.of(secret));
    }

    private static String key(Peer peer) {
        return peer.key().orElseThrow().toString();
    }

    private static Tables tables(TunnelSecret secret, int port, Peer... peers) {
        List<RouteInfo> routes = new ArrayList<>();
        List<WireGuardPeer> encrypted = new ArrayList<>();
        for (Peer each : peers) {
            Subnet block = each.blocks().getFirst();
            routes.add(new RouteInfo(false, Optional.of(block.network()), 24, Optional.of(Peer.gateway(block)),
                    OptionalInt.of(INDEX), 254, 1));
            encrypted.add(new WireGuardPeer(each.key().orElseThrow(), Optional.of(new WireGuardPeer.Endpoint(each.underlay(), port)),
                    List.of(new WireGuardPeer.Prefix(block.network(), 24))));
        }
        return new Tables(Optional.of(new LinkInfo(INDEX, "jx2a", 1, 1440, Optional.empty(), OptionalInt.empty(),
                Optional.of("wireguard"))), Optional.empty(), routes, List.of(), List.of(),
                Optional.of(new Tables.Encrypted(29, new WireGuardInfo(Optional.of(secret.publicKey()), port, encrypted))));
    }

    private static List<String> between(Mesh wanted, Tables there) {
        Difference difference = Difference.between(wanted, there);
        assertTrue(difference.complete(), "one round is enough");
        return difference.all().stream().map(NetlinkRequest::symbolic).toList();
    }

    @Test
    void aTunnelThatIsNotThereIsMadeAndLookedAtAgain() {
        Difference first = Difference.between(mesh(OWN, B), Tables.NOTHING);
        assertFalse(first.complete());
        assertEquals(List.of("RTM_NEWLINK wireguard jx2a"), first.all().stream().map(NetlinkRequest::symbolic).toList());
    }

    @Test
    void whatIsThereAlreadyNeedsNothing() {
        assertEquals(List.of(), between(mesh(OWN, B, C), tables(OWN, PORT, B, C)));
    }

    @Test
    void aNewTunnelHasItsKeyBeforeItIsUp() {
        Tables fresh = new Tables(Optional.of(new LinkInfo(INDEX, "jx2a", 0, 1420, Optional.empty(), OptionalInt.empty(),
                Optional.of("wireguard"))), Optional.empty(), List.of(), List.of(), List.of(),
                Optional.of(new Tables.Encrypted(29, new WireGuardInfo(Optional.empty(), 0, List.of()))));
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a public key " + OWN.publicKey() + " listen-port 61042",
                "WG_CMD_SET_DEVICE jx2a peer " + key(B) + " endpoint 192.0.2.2 port 61042 allowed-ips 10.1.2.0/24",
                "RTM_NEWLINK index 9 mtu 1440", "RTM_NEWLINK index 9 up",
                "RTM_NEWROUTE 10.1.2.0/24 via 10.1.2.1 dev 9 onlink src 10.1.1.1"), between(mesh(OWN, B), fresh));
    }

    @Test
    void aPeerThatWasRemovedByHandComesBack() {
        Tables whole = tables(OWN, PORT, B, C);
        Tables damaged = new Tables(whole.link(), whole.vxlan(), whole.routes(), List.of(), List.of(),
                tables(OWN, PORT, B).encrypted());
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a peer " + key(C)
                + " endpoint 192.0.2.3 port 61042 allowed-ips 10.1.3.0/24"), between(mesh(OWN, B, C), damaged));
    }

    @Test
    void aPeerThatLeftTakesItsRowsAlong() {
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a peer " + key(C) + " remove", "RTM_DELROUTE 10.1.3.0/24 dev 9"),
                between(mesh(OWN, B), tables(OWN, PORT, B, C)));
    }

    @Test
    void aPeersNewKeyTakesTheBlockBeforeTheOldOneGoes() {
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a peer " + key(NEW_C)
                + " endpoint 192.0.2.3 port 61042 allowed-ips 10.1.3.0/24", "WG_CMD_SET_DEVICE jx2a peer " + key(C)
                + " remove"), between(mesh(OWN, B, NEW_C), tables(OWN, PORT, B, C)));
    }

    @Test
    void withItsOwnNewKeyANodeGreetsThoseThatStay() {
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a public key " + NEXT.publicKey() + " listen-port 61042",
                "WG_CMD_SET_DEVICE jx2a peer " + key(B) + " persistent-keepalive 65535"),
                between(mesh(NEXT, B), tables(OWN, PORT, B)));
    }

    @Test
    void aPortThatSomebodyChangedIsSetAgain() {
        List<String> mended = between(mesh(OWN), tables(OWN, PORT + 1));
        assertEquals(List.of("WG_CMD_SET_DEVICE jx2a public key " + OWN.publicKey() + " listen-port 61042"), mended);
    }

    @Test
    void ofTwoNodesWithOneKeyOneIsBelieved() {
        Peer thief = new Peer("d", InetAddress.ofLiteral("192.0.2.4"), List.of(Subnet.parse("10.1.4.0/24")), B.key());
        assertEquals(List.of(), between(mesh(OWN, B, thief), tables(OWN, PORT, B)).stream()
                .filter(each -> each.startsWith("WG_")).toList());
        Peer mirror = new Peer("d", InetAddress.ofLiteral("192.0.2.4"), List.of(Subnet.parse("10.1.4.0/24")),
                Optional.of(OWN.publicKey()));
        assertEquals(List.of(), between(mesh(OWN, B, mirror), tables(OWN, PORT, B)).stream()
                .filter(each -> each.startsWith("WG_")).toList());
    }

    @Test
    void aTunnelOfTheOtherKindIsReplaced() {
        Tables vxlan = new Tables(tables(OWN, PORT).link().map(each -> new LinkInfo(INDEX, "jx2a", 1, 1450, Optional.empty(),
                OptionalInt.empty(), Optional.of("vxlan"))), Optional.of(new VxlanInfo(NUMBER, Optional.empty(), 4789)),
                List.of(), List.of(), List.of());
        assertEquals(List.of("RTM_DELLINK index 9", "RTM_NEWLINK wireguard jx2a"), Difference.between(mesh(OWN, B), vxlan).all()
                .stream().map(NetlinkRequest::symbolic).toList());
        Mesh plain = new Mesh(NUMBER, "a", InetAddress.ofLiteral("192.0.2.1"), 4789, 1450,
                List.of(Subnet.parse("10.1.1.0/24")), List.of());
        assertEquals("RTM_DELLINK index 9", Difference.between(plain, tables(OWN, PORT, B)).all().getFirst().symbolic());
    }

    @Test
    void portsAndSizes() {
        assertEquals(61_000, Mesh.encryptedPort(0x6a0000));
        assertEquals(62_023, Mesh.encryptedPort(0x6a07ff));
        assertEquals(50, Mesh.aroundBytes(false, false));
        assertEquals(70, Mesh.aroundBytes(false, true));
        assertEquals(60, Mesh.aroundBytes(true, false));
        assertEquals(80, Mesh.aroundBytes(true, true));
    }
}
