package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.audit.Repair;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.policy.Policy;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;

/**
 * Two nodes, 192.0.2.1 and .2, whose service's only task is on the second, and a client, 198.51.100.2, that knows the first one
 * alone. The second one's way to the client is not the tunnel.
 */
@NeedsKernel
class ReturnPathsTest {
    private static final String SHOP = "a1".repeat(32);
    private static final String OTHER = "b2".repeat(32);
    private static final int PORT = 18088;
    private static final int CLIENT_INDEX = 70;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int IMPATIENCE_MILLIS = 300;
    private static final InetAddress CLIENT = InetAddress.ofLiteral("198.51.100.2");
    private static final InetAddress CLIENT6 = InetAddress.ofLiteral("2001:db8:c::2");
    private static final InetAddress NEAR = InetAddress.ofLiteral("198.51.100.1");
    private static final InetAddress NEAR6 = InetAddress.ofLiteral("2001:db8:c::1");

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;
    private NetworkNamespace client;
    private OverlayHost.Container task;

    @BeforeEach
    void begin() throws Exception {
        OverlayHost.require();
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
        client = NetworkNamespace.create();
        OverlayHost.send(a.namespace, LinkMessages.createVethPair(new VethPair("client", CLIENT_INDEX, OptionalInt.empty(), "eth0",
                CLIENT_INDEX, HardwareAddress.parse("02:00:00:00:00:09"), client.descriptor(), 1500)),
                AddressMessages.add(NEAR, 24, CLIENT_INDEX), AddressMessages.add(NEAR6, 64, CLIENT_INDEX));
        OverlayHost.send(client, LinkMessages.up(CLIENT_INDEX), AddressMessages.add(CLIENT, 24, CLIENT_INDEX),
                AddressMessages.add(CLIENT6, 64, CLIENT_INDEX), RouteMessages.addDefault(NEAR, CLIENT_INDEX));
        OverlayHost.send(b.namespace, RouteMessages.addDefault(a.outside(), OverlayHost.OUT_INDEX));
        for (OverlayHost each : List.of(a, b)) {
            // As on hosts whose administrators are strict: the way there has to be the way back.
            each.namespace.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/rp_filter"), "1"));
        }
        share(SHOP, "shop", 201, Policy.OPEN);
        task = b.container(SHOP, "task");
        share(Policy.OPEN);
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
        if (client != null) {
            client.close();
        }
    }

    private static WantedNetwork wanted(String id, String name, int network, OverlayHost host, OverlayHost peer, Policy policy,
            WantedService... services) {
        return new WantedNetwork(id, name, Instant.EPOCH, Map.of(), false, true, 0x6a0000 + network, OptionalInt.empty(),
                List.of(Subnet.parse("10." + network + ".0.0/16"), Subnet.parse("fd00:" + network + "::/48")),
                block(network, host), List.of(peer.peer(block(network, peer))), List.of(services), policy);
    }

    private static List<Subnet> block(int network, OverlayHost host) {
        return List.of(Subnet.parse("10." + network + "." + (host.number - 1) + ".0/24"),
                Subnet.parse("fd00:" + network + ":0:" + (host.number - 1) + "::/64"));
    }

    private void share(String id, String name, int network, Policy policy, WantedService... services) throws Exception {
        a.want(wanted(id, name, network, a, b, policy, services));
        b.want(wanted(id, name, network, b, a, policy, services));
        a.await(name);
        b.await(name);
    }

    /** The service of the one task, with a port of both nodes. */
    private void share(Policy policy) throws Exception {
        share(SHOP, "shop", 201, policy, web());
    }

    private WantedService web() {
        return new WantedService("web", List.of(), List.of(InetAddress.ofLiteral("10.201.192.1")), VirtualPort.Choice.RANDOM,
                List.of(new WantedTask("1", List.of(task.address(), task.address6()), false)),
                List.of(new WantedPort(VirtualPort.Protocol.TCP, PORT, OverlayHost.SERVER_PORT),
                        new WantedPort(VirtualPort.Protocol.UDP, PORT, OverlayHost.SERVER_PORT)));
    }

    private static String ask(NetworkNamespace from, InetAddress node, int timeoutMillis) throws Exception {
        return from.call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(timeoutMillis);
                socket.connect(new InetSocketAddress(node, PORT), timeoutMillis);
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }

    private static String ask(NetworkNamespace from, InetAddress node) throws Exception {
        return ask(from, node, PATIENCE_MILLIS);
    }

    @Test
    void aTaskOfAnotherNodeSeesTheClientsAddressAndAnswersByTheWayItCame() throws Exception {
        assertEquals("task sees 198.51.100.2", ask(client, NEAR));
        assertEquals("task sees 2001:db8:c:0:0:0:0:2", ask(client, NEAR6));
        assertEquals("task sees 198.51.100.2", ask(client, a.outside()));
    }

    @Test
    void datagramsTooAndAnswersToThem() throws Exception {
        try (DatagramSocket server = task.call(() -> new DatagramSocket(new InetSocketAddress(task.address(),
                OverlayHost.SERVER_PORT))); DatagramSocket socket = client.call(() -> new DatagramSocket())) {
            server.setSoTimeout(PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            for (int i = 0; i < 3; i++) {
                socket.send(new DatagramPacket(new byte[] {1}, 1, new InetSocketAddress(NEAR, PORT)));
                DatagramPacket heard = new DatagramPacket(new byte[1], 1);
                server.receive(heard);
                assertEquals(CLIENT, heard.getAddress());
                server.send(new DatagramPacket(new byte[] {2}, 1, heard.getSocketAddress()));
                DatagramPacket answer = new DatagramPacket(new byte[1], 1);
                socket.receive(answer);
                assertEquals(new InetSocketAddress(NEAR, PORT), answer.getSocketAddress());
            }
        }
    }

    @Test
    void datagramsGoToAnotherTaskOnceTheNodeOfTheFirstIsLostAndConnectionsStay() throws Exception {
        OverlayHost.Container spare = a.container(SHOP, "spare");
        try (DatagramSocket first = server(task); DatagramSocket second = server(spare);
                DatagramSocket socket = client.call(() -> new DatagramSocket()); Socket connection = client.call(() ->
                        new Socket(NEAR, PORT))) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            assertEquals('t', connection.getInputStream().read());
            socket.send(new DatagramPacket(new byte[] {1}, 1, new InetSocketAddress(NEAR, PORT)));
            first.receive(new DatagramPacket(new byte[1], 1));
            WantedService web = web();
            share(SHOP, "shop", 201, Policy.OPEN, new WantedService("web", List.of(), web.virtual(), web.choice(),
                    List.of(new WantedTask("1", List.of(task.address()), true, true), new WantedTask("2",
                            List.of(spare.address()), false)), web.ports()));
            socket.send(new DatagramPacket(new byte[] {2}, 1, new InetSocketAddress(NEAR, PORT)));
            DatagramPacket heard = new DatagramPacket(new byte[1], 1);
            second.receive(heard);
            assertEquals(CLIENT, heard.getAddress());
            assertEquals("ask sees 198.51.100.2", new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static DatagramSocket server(OverlayHost.Container container) throws Exception {
        DatagramSocket server = container.call(() -> new DatagramSocket(new InetSocketAddress(container.address(),
                OverlayHost.SERVER_PORT)));
        server.setSoTimeout(PATIENCE_MILLIS);
        return server;
    }

    @Test
    void nodesThemselvesAreAnsweredWhicheverTheyAsk() throws Exception {
        assertEquals("task sees 192.0.2.2", ask(b.namespace, a.outside()));
        assertEquals("task sees 10.201.0.1", ask(a.namespace, a.outside()));
        assertEquals("task sees 10.201.0.1", ask(a.namespace, InetAddress.ofLiteral("127.0.0.1")));
        assertEquals("task sees 192.0.2.1", ask(a.namespace, b.outside()));
    }

    @Test
    void aContainerOfThisHostAloneAsksAnotherNodesTask() throws Exception {
        OverlayHost.Container ofHost = a.container("bridge", "host");
        assertEquals("task sees", ask(ofHost.namespace, a.outside()).substring(0, 9));
    }

    @Test
    void whatAPortLetsInIsNobodyElsesToRefuse() throws Exception {
        share(Policy.of(true, List.of()));
        assertEquals("task sees 198.51.100.2", ask(client, NEAR));
        OverlayHost.Container neighbour = a.container(SHOP, "neighbour");
        assertFalse(neighbour.reaches(task.address()));
    }

    @Test
    void withoutAPortNothingFromOutsideComesThroughTheTunnel() throws Exception {
        share(SHOP, "shop", 201, Policy.OPEN);
        assertEquals("", a.nft("list tables ip"));
        // A node that is not as it should be sends what nobody asked for.
        OverlayHost.send(client, RouteMessages.add(InetAddress.ofLiteral("10.201.0.0"), 16, NEAR, CLIENT_INDEX));
        a.nft("flush ruleset");
        assertThrows(SocketTimeoutException.class, () -> client.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(task.address(), OverlayHost.SERVER_PORT), IMPATIENCE_MILLIS);
                return null;
            }
        }));
    }

    @Test
    void damageHeals() throws Exception {
        for (String damage : List.of("delete table ip jctl_return_jn-a1a1a1a1", "flush chain ip jctl_return_jn-a1a1a1a1 prerouting",
                "flush map ip jctl_return_jn-a1a1a1a1 marks", "flush map ip jctl_return_jn-a1a1a1a1 gateways")) {
            long before = b.overlay.figures().orElseThrow().repairs().getOrDefault(Repair.RULES, 0L);
            b.nft(damage);
            OverlayHost.eventually("after " + damage, () ->
                    b.overlay.figures().orElseThrow().repairs().getOrDefault(Repair.RULES, 0L) == before + 1);
            assertEquals("task sees 198.51.100.2", ask(client, NEAR));
        }
    }

    @Test
    void otherNetworksPortsAreToldApart() throws Exception {
        for (OverlayHost each : List.of(a, b)) {
            OverlayHost peer = each == a ? b : a;
            each.want(wanted(SHOP, "shop", 201, each, peer, Policy.OPEN, web()), wanted(OTHER, "other", 202, each, peer, Policy.OPEN));
            each.await("shop");
            each.await("other");
        }
        OverlayHost.Container ofOther = a.container(OTHER, "other");
        assertEquals("task sees", ask(ofOther.namespace, a.outside()).substring(0, 9));
        assertEquals("task sees 198.51.100.2", ask(client, NEAR));
    }
}
