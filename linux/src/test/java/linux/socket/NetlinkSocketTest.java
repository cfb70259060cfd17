package linux.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.Errno;
import linux.netlink.AddressInfo;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.NeighbourInfo;
import linux.netlink.NeighbourMessages;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Talks to the running kernel, in namespaces of the test's own. */
@NeedsKernel
class NetlinkSocketTest {
    private static final HardwareAddress BRIDGE = HardwareAddress.parse("02:6a:00:00:00:01");

    @BeforeAll
    static void needsNamespaces() {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    private static LinkInfo link(NetlinkSocket socket, String name) throws Exception {
        return LinkInfo.decode(socket.get(LinkMessages.get(name), Errno.ENODEV).orElseThrow());
    }

    private static List<LinkInfo> links(NetlinkSocket socket)
            throws IOException, MalformedReplyException {
        List<LinkInfo> links = new ArrayList<>();
        for (byte[] payload : socket.dump(LinkMessages.dump())) {
            links.add(LinkInfo.decode(payload));
        }
        return links;
    }

    @Test
    void bridgeAddressRouteAndNeighbour() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    socket.request(LinkMessages.loopbackUp());
                    socket.request(LinkMessages.createBridge("jctl0", BRIDGE, 1400));
                    LinkInfo bridge = link(socket, "jctl0");
                    assertEquals(Optional.of("bridge"), bridge.kind());
                    assertEquals(Optional.of(BRIDGE), bridge.address());
                    assertEquals(1400, bridge.mtuBytes());
                    assertTrue(bridge.up());
                    addressAndRoutes(socket, bridge.index());
                    socket.request(LinkMessages.delete("jctl0"));
                    assertEquals(Optional.empty(),
                            socket.get(LinkMessages.get("jctl0"), Errno.ENODEV));
                }
                return null;
            });
        }
    }

    private static void addressAndRoutes(NetlinkSocket socket, int bridge) throws Exception {
        InetAddress gateway = address("10.88.0.1");
        socket.request(AddressMessages.add(gateway, 16, bridge));
        socket.request(AddressMessages.add(address("fd00:88::1"), 64, bridge));
        List<AddressInfo> addresses = new ArrayList<>();
        for (byte[] payload : socket.dump(AddressMessages.dump())) {
            addresses.add(AddressInfo.decode(payload));
        }
        assertTrue(addresses.contains(new AddressInfo(bridge, gateway, 16)), addresses.toString());
        assertTrue(addresses.contains(new AddressInfo(bridge, address("fd00:88::1"), 64)));

        socket.request(RouteMessages.add(address("10.99.0.0"), 16, address("10.88.0.2"), bridge));
        socket.request(RouteMessages.addOnLink(address("10.98.0.0"), 24, bridge));
        socket.request(RouteMessages.addDefault(address("10.88.0.3"), bridge));
        List<RouteInfo> routes = new ArrayList<>();
        for (byte[] payload : socket.dump(RouteMessages.dump())) {
            routes.add(RouteInfo.decode(payload));
        }
        assertEquals(1, routes.stream().filter(RouteInfo::isDefault)
                .filter(route -> !route.ipv6()).count());
        assertTrue(routes.contains(new RouteInfo(false, Optional.of(address("10.99.0.0")), 16,
                Optional.of(address("10.88.0.2")), OptionalInt.of(bridge), 254, 1)));
        socket.request(RouteMessages.delete(address("10.99.0.0"), 16));
        assertFalse(socket.requestUnless(Errno.ESRCH,
                RouteMessages.delete(address("10.99.0.0"), 16)));

        socket.request(NeighbourMessages.setPermanent(address("10.88.0.2"), BRIDGE, bridge));
        socket.request(NeighbourMessages.setPermanent(address("10.88.0.2"), BRIDGE, bridge));
        List<NeighbourInfo> neighbours = new ArrayList<>();
        for (byte[] payload : socket.dump(NeighbourMessages.dump())) {
            neighbours.add(NeighbourInfo.decode(payload));
        }
        assertTrue(neighbours.contains(new NeighbourInfo(bridge, Optional.of(address("10.88.0.2")),
                Optional.of(BRIDGE), 0x80)));
        socket.request(NeighbourMessages.delete(address("10.88.0.2"), bridge));
        socket.request(AddressMessages.delete(gateway, 16, bridge));
    }

    @Test
    void vethPairIsBornInTheOtherNamespace() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create();
                NetworkNamespace container = NetworkNamespace.create()) {
            host.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    socket.request(LinkMessages.createBridge("jctl0", BRIDGE, 1500));
                    int bridge = link(socket, "jctl0").index();
                    socket.request(LinkMessages.createVethPair(new VethPair("h1", 70_000,
                            OptionalInt.of(bridge), "eth0", 2,
                            HardwareAddress.parse("02:6a:0a:58:00:02"), container.descriptor(),
                                    1400)));
                    LinkInfo near = link(socket, "h1");
                    assertEquals(70_000, near.index());
                    assertEquals(OptionalInt.of(bridge), near.master());
                    assertEquals(Optional.of("veth"), near.kind());
                    assertTrue(near.up());
                }
                return null;
            });
            container.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    LinkInfo eth0 = link(socket, "eth0");
                    assertEquals(2, eth0.index());
                    assertEquals("02:6a:0a:58:00:02", eth0.address().orElseThrow().toString());
                    assertFalse(eth0.up());
                    socket.request(LinkMessages.up(2));
                    assertTrue(link(socket, "eth0").up());
                }
                return null;
            });
        }
    }

    @Test
    void vxlan() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    socket.request(LinkMessages.createVxlan("vx0", 42, address("127.0.0.1"), 4789));
                    LinkInfo vxlan = link(socket, "vx0");
                    assertEquals(Optional.of("vxlan"), vxlan.kind());
                    socket.request(NeighbourMessages.setForwarding(
                            HardwareAddress.parse("02:6a:00:00:00:07"), address("192.0.2.7"),
                            vxlan.index()));
                }
                return null;
            });
        }
    }

    @Test
    void refusalNamesTheRequestAndTheKernelsReason() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    NetlinkException noLink = assertThrows(NetlinkException.class,
                            () -> socket.request(LinkMessages.delete("nothing")));
                    assertTrue(noLink.is(Errno.ENODEV));
                    assertTrue(noLink.getMessage().startsWith("RTM_DELLINK nothing: ENODEV"),
                            noLink.getMessage());
                    NetlinkException badGateway = assertThrows(NetlinkException.class,
                            () -> socket.request(RouteMessages.add(address("10.7.0.0"), 16,
                                    address("99.99.0.1"), 1)));
                    assertTrue(badGateway.getMessage().contains("exthop"), badGateway.getMessage());
                    // The socket serves on after an error.
                    assertEquals("lo", links(socket).getFirst().name());
                }
                return null;
            });
        }
    }

    @Test
    void dumpOfManyLinksComesInSeveralAnswers() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            namespace.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    for (int i = 0; i < 100; i++) {
                        socket.request(LinkMessages.createBridge("b" + i, BRIDGE, 1500));
                    }
                    assertEquals(101, links(socket).size());
                }
                return null;
            });
        }
    }

    @Test
    void closedSocketSaysSo() throws Exception {
        NetlinkSocket socket = NetlinkSocket.route();
        socket.close();
        socket.close();
        IOException closed = assertThrows(IOException.class,
                () -> socket.request(LinkMessages.up(1)));
        assertTrue(closed.getMessage().contains("closed"));
        try (NetlinkSocket netfilter = NetlinkSocket.netfilter();
                NetlinkSocket generic = NetlinkSocket.generic()) {
            assertTrue(netfilter != generic);
        }
    }
}
