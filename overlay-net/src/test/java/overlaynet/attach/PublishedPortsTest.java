package overlaynet.attach;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.link.Nftables;
import overlaynet.link.NftablesException;
import overlaynet.link.NftablesMissingException;
import overlaynet.link.PortMapping;
import overlaynet.link.PortRequest;
import overlaynet.link.TransportProtocol;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Ports of the host that lead into containers, from every direction a client can come from. */
@NeedsKernel
class PublishedPortsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress HOST = InetAddress.ofLiteral("198.51.100.1");
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("10.144.0.1");
    private static final PortMapping WEB =
            new PortMapping(Optional.empty(), 8080, TransportProtocol.TCP, 80);

    @TempDir
    Path folder;

    @BeforeAll
    static void needsNamespacesAndNftables() throws NftablesException {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (Nftables nftables = Nftables.open()) {
            Assumptions.assumeTrue(nftables != null);
        } catch (NftablesMissingException missing) {
            Assumptions.abort(missing.getMessage());
        }
    }

    /** Serves one connection on port 80 and returns whom it saw. */
    private static CompletableFuture<InetAddress> serveOnce(NetworkNamespace container)
            throws Exception {
        ServerSocketChannel listener = container.call(() -> ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 80)));
        return container.start(() -> {
            try (listener; SocketChannel accepted = listener.accept()) {
                accepted.write(ByteBuffer.wrap(new byte[] {42}));
                return ((InetSocketAddress) accepted.getRemoteAddress()).getAddress();
            }
        });
    }

    private static InetAddress reach(NetworkNamespace client, InetAddress address,
            NetworkNamespace container) throws Exception {
        CompletableFuture<InetAddress> seen = serveOnce(container);
        client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, 8080), 10_000);
                assertEquals(42, socket.getInputStream().read());
            }
            return null;
        });
        return seen.get();
    }

    private static AttachRequest request(String id, NetworkNamespace container,
            PortMapping... ports) {
        return new AttachRequest(id, List.of(), Optional.empty(), Optional.empty(),
                List.of(), Arrays.stream(ports).map(PortRequest::of).toList(), 0, true,
                container.descriptor());
    }

    private static NetworkNamespace attach(VirtualHost host, String id, PortMapping... ports)
            throws Exception {
        NetworkNamespace container = host.newNamespace();
        host.attach(request(id, container, ports), container);
        return container;
    }

    private static void assertRefusedByHost(VirtualHost host, InetAddress address)
            throws Exception {
        host.namespace.call(() -> {
            try (Socket socket = new Socket()) {
                assertThrows(ConnectException.class,
                        () -> socket.connect(new InetSocketAddress(address, 8080), 10_000));
            }
            return null;
        });
    }

    @Test
    void aPortOfSctpIsPublishedWhereTheKernelTracksItAndRefusedWhereItDoesNot() throws Exception {
        PortMapping signalling =
                new PortMapping(Optional.empty(), 3868, TransportProtocol.SCTP, 3868);
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = host.newNamespace();
            AttachRequest request = request("aaaaaaaaaaaa", container, signalling);
            host.namespace.call(() -> host.attacher.prepare()); // begins to track connections
            if (host.namespace.call(() -> Files.exists(Path.of(
                    "/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established")))) {
                assertEquals(List.of(signalling),
                        host.attach(request, container).lease().ports());
                return;
            }
            AttachException refused = assertThrows(AttachException.class,
                    () -> host.attach(request, container));
            assertEquals(AttachException.Kind.HOST_LACKS_FEATURE, refused.kind());
            assertTrue(refused.getMessage().contains("does not track SCTP"), refused.getMessage());
        }
    }

    @Test
    void clientsFromEverywhereReachTheContainer() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace uplink = host.uplink();
            NetworkNamespace web = attach(host, "aaaaaaaaaaaa", WEB);
            NetworkNamespace other = attach(host, "bbbbbbbbbbbb");
            // A client from outside keeps its address.
            assertEquals(InetAddress.ofLiteral("198.51.100.254"), reach(uplink, HOST, web));
            assertEquals(GATEWAY, reach(host.namespace, LOOPBACK, web));
            assertTrue(Set.of(HOST, GATEWAY).contains(reach(host.namespace, HOST, web)));
            assertEquals(GATEWAY, reach(other, HOST, web));
            assertEquals(GATEWAY, reach(other, GATEWAY, web));
            assertEquals(GATEWAY, reach(web, HOST, web));
            host.namespace.call(() -> host.attacher.detach("aaaaaaaaaaaa")).join();
            assertRefusedByHost(host, LOOPBACK);
            assertRefusedByHost(host, HOST);
        }
    }

    @Test
    void datagramsAndSingleAddresses() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace uplink = host.uplink();
            NetworkNamespace container = attach(host, "aaaaaaaaaaaa",
                    new PortMapping(Optional.of(HOST), 8080, TransportProtocol.TCP, 80),
                    new PortMapping(Optional.of(HOST), 5353, TransportProtocol.UDP, 53));
            assertEquals(InetAddress.ofLiteral("198.51.100.254"), reach(uplink, HOST, container));
            assertRefusedByHost(host, LOOPBACK);
            DatagramSocket server = container.call(() -> new DatagramSocket(53));
            try (server; DatagramSocket client = uplink.call(() -> new DatagramSocket(0))) {
                byte[] question = {1, 2, 3};
                client.send(new DatagramPacket(question, 3, new InetSocketAddress(HOST, 5353)));
                DatagramPacket received = new DatagramPacket(new byte[3], 3);
                server.setSoTimeout(10_000);
                server.receive(received);
                assertArrayEquals(question, received.getData());
                server.send(received);
                client.setSoTimeout(10_000);
                client.receive(received);
                assertEquals(new InetSocketAddress(HOST, 5353), received.getSocketAddress());
            }
        }
    }

    @Test
    void collisionsAreRefusedAndChangeNothing() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = attach(host, "aaaaaaaaaaaa", WEB);
            PortMapping same =
                    new PortMapping(Optional.of(LOOPBACK), 8080, TransportProtocol.TCP, 1);
            assertEquals("port 127.0.0.1:8080:1/tcp cannot be published: container aaaaaaaaaaaa"
                    + " has it", refused(host, "bbbbbbbbbbbb", same));
            PortMapping used = new PortMapping(Optional.empty(), 9090, TransportProtocol.TCP, 80);
            assertEquals("port 127.0.0.1:9090:1/tcp is given twice", refused(host, "cccccccccccc",
                    used, new PortMapping(Optional.of(LOOPBACK), 9090, TransportProtocol.TCP, 1)));
            assertTrue(refused(host, "cccccccccccc", new PortMapping(
                    Optional.of(InetAddress.ofLiteral("::")), 9090, TransportProtocol.TCP, 1))
                    .contains("has no IPv6"));
            try (ServerSocket program = host.namespace.call(() -> new ServerSocket(9090))) {
                assertTrue(refused(host, "bbbbbbbbbbbb", used).contains("Address already in use"));
                assertEquals(9090, program.getLocalPort());
            }
            assertEquals(Set.of("aaaaaaaaaaaa"), host.attacher.addresses().keySet());
            attach(host, "bbbbbbbbbbbb", used);
            host.namespace.call(() -> assertThrows(BindException.class,
                    () -> new ServerSocket(9090)));
            assertEquals(GATEWAY, reach(host.namespace, LOOPBACK, container));
            assertThrows(IllegalArgumentException.class,
                    () -> new PortMapping(Optional.empty(), 0, TransportProtocol.TCP, 80));
            assertThrows(IllegalArgumentException.class,
                    () -> new PortMapping(Optional.empty(), 80, TransportProtocol.TCP, 65_536));
        }
    }

    private static String refused(VirtualHost host, String id, PortMapping... ports)
            throws Exception {
        return host.namespace.call(() -> assertThrows(AttachException.class,
                () -> host.attacher.attach(request(id, host.namespace, ports))).getMessage());
    }

    @Test
    void aFreePortIsChosenFromARange() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            PortRequest any = new PortRequest(Optional.empty(), 0, 0, TransportProtocol.UDP, 53);
            PortRequest range =
                    new PortRequest(Optional.empty(), 8080, 8082, TransportProtocol.TCP, 80);
            List<PortMapping> first = chosen(host, "aaaaaaaaaaaa", range, any);
            assertEquals(8080, first.getFirst().hostPort());
            assertTrue(first.getLast().hostPort() > 1024);
            try (ServerSocket program = host.namespace.call(() -> new ServerSocket(8081))) {
                assertEquals(8082, chosen(host, "bbbbbbbbbbbb", range).getFirst().hostPort());
                assertTrue(host.namespace.call(() -> assertThrows(AttachException.class,
                        () -> chosen(host, "cccccccccccc", range))).getMessage()
                        .contains("all ports from 8080 to 8082 are taken"));
                assertEquals(8081, program.getLocalPort());
            }
            assertEquals(8081, chosen(host, "cccccccccccc", range).getFirst().hostPort());
            assertEquals(first, chosen(host, "aaaaaaaaaaaa", range, any));
        }
    }

    private static List<PortMapping> chosen(VirtualHost host, String id, PortRequest... ports)
            throws Exception {
        return host.namespace.call(() -> host.attacher.attach(new AttachRequest(id, List.of(),
                Optional.empty(), Optional.empty(), List.of(), List.of(ports), 0, true,
                host.namespace.descriptor()))).lease().ports();
    }

    @Test
    void portsSurviveTheAgentAndAFlushedTable() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace container = attach(host, "aaaaaaaaaaaa", WEB);
            attach(host, "bbbbbbbbbbbb",
                    new PortMapping(Optional.of(LOOPBACK), 9000, TransportProtocol.UDP, 9));
            host.ports.close();
            host.namespace.call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    nftables.run("flush ruleset");
                }
                return null;
            });
            assertRefusedByHost(host, LOOPBACK);
            try (BridgeAttacher next = host.namespace.call(
                    () -> BridgeAttacher.open(VirtualHost.SETTINGS, folder, host.ports, host.nftables))) {
                host.namespace.call(() -> next.reconcile(Set.of("aaaaaaaaaaaa")));
                assertEquals(GATEWAY, reach(host.namespace, LOOPBACK, container));
                host.namespace.call(() -> {
                    try (Nftables nftables = Nftables.open()) {
                        assertTrue(!nftables.run("list ruleset").contains("9000"));
                        nftables.run("flush ruleset");
                    }
                    next.attach(request("cccccccccccc", host.namespace,
                            new PortMapping(Optional.empty(), 8081, TransportProtocol.TCP, 80)));
                    return null;
                });
                assertEquals(GATEWAY, reach(host.namespace, LOOPBACK, container));
            }
            assertTrue(Files.readString(folder.resolve("leases/cccccccccccc.json"))
                    .contains("8081"));
        }
    }

    private static void assertAnswers(DatagramSocket client, NetworkNamespace container)
            throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[] {7}, 1);
        try (DatagramSocket server = container.call(() -> new DatagramSocket(53))) {
            server.setSoTimeout(10_000);
            client.send(packet);
            server.receive(packet);
            server.send(packet);
            client.setSoTimeout(10_000);
            client.receive(packet);
            assertEquals(7, packet.getData()[0]);
        }
    }

    @Test
    void aClientThatGoesOnSendingReachesTheNextContainer() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace uplink = host.uplink();
            PortMapping port = new PortMapping(Optional.empty(), 5353, TransportProtocol.UDP, 53);
            NetworkNamespace first = attach(host, "aaaaaaaaaaaa", port);
            try (DatagramSocket client = uplink.call(() -> new DatagramSocket(0))) {
                client.connect(new InetSocketAddress(HOST, 5353));
                assertAnswers(client, first);
                host.namespace.call(() -> host.attacher.detach("aaaaaaaaaaaa")).join();
                NetworkNamespace second = attach(host, "bbbbbbbbbbbb", port);
                assertAnswers(client, second);
            }
        }
    }

    @Test
    void aDropOfTheHostIsObeyed() throws Exception {
        try (VirtualHost host = new VirtualHost(folder)) {
            NetworkNamespace uplink = host.uplink();
            NetworkNamespace web = attach(host, "aaaaaaaaaaaa", WEB);
            assertEquals(InetAddress.ofLiteral("198.51.100.254"), reach(uplink, HOST, web));
            host.namespace.call(() -> {
                try (Nftables nftables = Nftables.open()) {
                    nftables.run("table inet host {\n chain forward {\n type filter hook forward"
                            + " priority filter; policy accept;\n"
                            + " meta l4proto tcp ct original proto-dst 8080 drop\n }\n}\n");
                }
                return null;
            });
            uplink.call(() -> {
                try (Socket socket = new Socket()) {
                    // Dropped silently, so the only possible end is that of the patience.
                    assertThrows(SocketTimeoutException.class,
                            () -> socket.connect(new InetSocketAddress(HOST, 8080), 300));
                }
                return null;
            });
        }
    }
}
