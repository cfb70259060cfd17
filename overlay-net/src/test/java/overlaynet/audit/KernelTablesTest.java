package overlaynet.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import linux.abi.Errno;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NeighbourInfo;
import linux.netlink.NeighbourMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.mesh.Tables;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Two hosts with a cable between them, on each a bridge with a container: network namespaces all. */
@NeedsKernel
class KernelTablesTest {
    private static final int PORT = 4789;
    private static final int MTU_BYTES = 1450;
    private static final int NETWORK_ID = 0x2a;
    private static final long PATIENCE_SECONDS = 20;

    private Host a;
    private Host b;

    /** What is done in a namespace with a socket of it. */
    private interface Work<T> {
        T on(NetlinkSocket socket) throws Exception;
    }

    private static <T> T in(NetworkNamespace namespace, Work<T> work) throws Exception {
        return namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return work.on(socket);
            }
        });
    }

    private static void send(NetworkNamespace namespace, NetlinkRequest... requests) throws Exception {
        in(namespace, socket -> {
            for (NetlinkRequest each : requests) {
                socket.request(each);
            }
            return null;
        });
    }

    /** 192.0.2.N outside, 10.1.N.1 on its bridge, 10.1.N.2 in its container. */
    private static final class Host implements AutoCloseable {
        final NetworkNamespace host = NetworkNamespace.create();
        final NetworkNamespace container = NetworkNamespace.create();
        final int number;

        Host(int number) throws Exception {
            this.number = number;
            host.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1"));
            send(host, LinkMessages.loopbackUp(),
                    LinkMessages.createBridge("br", HardwareAddress.parse("02:00:00:00:01:0" + number), MTU_BYTES));
            int bridge = in(host, socket -> LinkInfo.decode(socket.get(LinkMessages.get("br"),
                    Errno.ENODEV).orElseThrow()).index());
            send(host, AddressMessages.add(inside(1), 24, bridge), LinkMessages.createVethPair(new VethPair("cable", 50,
                    OptionalInt.of(bridge), "eth0", 51, HardwareAddress.parse("02:00:00:00:02:0" + number),
                    container.descriptor(), MTU_BYTES)));
            send(container, LinkMessages.loopbackUp(), AddressMessages.add(inside(2), 24, 51), LinkMessages.up(51),
                    RouteMessages.addDefault(inside(1), 51));
        }

        InetAddress inside(int last) {
            return InetAddress.ofLiteral("10.1." + number + "." + last);
        }

        InetAddress outside() {
            return InetAddress.ofLiteral("192.0.2." + number);
        }

        Subnet block() {
            return Subnet.parse("10.1." + number + ".0/24");
        }

        Peer peer() {
            return new Peer("node" + number, outside(), List.of(block()));
        }

        Mesh mesh(Peer... peers) {
            return new Mesh(NETWORK_ID, "node" + number, outside(), PORT, MTU_BYTES, List.of(block()), List.of(peers));
        }

        List<NetlinkRequest> mend(Peer... peers) throws Exception {
            return in(host, socket -> new KernelTables(socket).mend(mesh(peers)));
        }

        Tables tables() throws Exception {
            return in(host, socket -> new KernelTables(socket).read(mesh().linkName()));
        }

        @Override
        public void close() {
            container.close();
            host.close();
        }
    }

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        a = new Host(1);
        b = new Host(2);
        send(a.host, LinkMessages.createVethPair(new VethPair("out", 90, OptionalInt.empty(), "out", 90,
                HardwareAddress.parse("02:00:00:00:00:02"), b.host.descriptor(), 1500)),
                AddressMessages.add(a.outside(), 24, 90));
        send(b.host, LinkMessages.up(90), AddressMessages.add(b.outside(), 24, 90));
    }

    @AfterEach
    void end() {
        if (b != null) {
            b.close();
            a.close();
        }
    }

    /** @return whom the server saw */
    private static InetAddress exchange(NetworkNamespace client, NetworkNamespace server, InetAddress at) throws Exception {
        try (ServerSocketChannel listener = server.call(() ->
                ServerSocketChannel.open().bind(new InetSocketAddress(at, 0)))) {
            CompletableFuture<InetAddress> seen = server.start(() -> {
                try (SocketChannel accepted = listener.accept()) {
                    return ((InetSocketAddress) accepted.getRemoteAddress()).getAddress();
                }
            });
            CompletableFuture<Boolean> connected = client.start(() -> {
                try (SocketChannel channel = SocketChannel.open(listener.getLocalAddress())) {
                    return channel.isConnected();
                }
            });
            connected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return seen.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void connect() throws Exception {
        a.mend(b.peer());
        b.mend(a.peer());
    }

    @Test
    void containersOfTwoHostsTalkAndSeeEachOther() throws Exception {
        connect();
        assertEquals(a.inside(2), exchange(a.container, b.container, b.inside(2)));
        assertEquals(b.inside(2), exchange(b.container, a.container, a.inside(2)));
        assertEquals(a.inside(1), exchange(a.host, b.container, b.inside(2)));
    }

    @Test
    void whatIsAsWantedNeedsNothing() throws Exception {
        connect();
        assertEquals(List.of(), a.mend(b.peer()));
    }

    @Test
    void flushedTablesAreMended() throws Exception {
        connect();
        Tables whole = a.tables();
        int index = whole.link().orElseThrow().index();
        NeighbourInfo forwarding = whole.forwarding().stream().filter(each -> each.address().isPresent()).findFirst()
                .orElseThrow();
        send(a.host, RouteMessages.delete(b.block().network(), 24, index), NeighbourMessages.delete(b.inside(1), index),
                NeighbourMessages.deleteForwarding(forwarding.hardware().orElseThrow(), b.outside(), index),
                LinkMessages.setMtu(index, 1300));
        assertEquals(4, a.mend(b.peer()).size());
        assertEquals(a.inside(2), exchange(a.container, b.container, b.inside(2)));
        send(a.host, LinkMessages.down(index));
        a.mend(b.peer());
        assertEquals(a.inside(2), exchange(a.container, b.container, b.inside(2)));
        send(a.host, LinkMessages.delete(index));
        a.mend(b.peer());
        assertEquals(a.inside(2), exchange(a.container, b.container, b.inside(2)));
    }

    @Test
    void aPeerThatLeftIsForgotten() throws Exception {
        connect();
        assertEquals(3, a.mend().size());
        Tables left = a.tables();
        assertTrue(left.forwarding().stream().noneMatch(each -> each.address().isPresent()), left.toString());
        assertFalse(left.routes().stream().anyMatch(each -> each.destination().equals(Optional.of(b.block().network()))),
                left.toString());
        in(a.host, socket -> {
            new KernelTables(socket).remove(a.mesh());
            new KernelTables(socket).remove(a.mesh());
            return null;
        });
        assertEquals(Tables.NOTHING, a.tables());
    }

    @Test
    void anotherLinkOfTheNameIsReplacedByTheTunnel() throws Exception {
        send(a.host, LinkMessages.createBridge(a.mesh().linkName(), HardwareAddress.parse("02:00:00:00:09:09"), MTU_BYTES));
        connect();
        assertEquals(a.inside(2), exchange(a.container, b.container, b.inside(2)));
    }

    @Test
    void aRefusalNamesWhatWasRefused() throws Exception {
        Mesh strange = new Mesh(NETWORK_ID, "node1", InetAddress.ofLiteral("2001:db8::1"), PORT, MTU_BYTES,
                List.of(a.block()), List.of(b.peer()));
        String refused = assertThrows(IOException.class, () ->
                in(a.host, socket -> new KernelTables(socket).mend(strange))).getMessage();
        assertTrue(refused.contains("192.0.2.2"), refused);
    }
}
