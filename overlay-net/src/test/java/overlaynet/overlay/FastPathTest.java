package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.balance.VirtualPort;
import overlaynet.fastpath.Passage;
import overlaynet.ipam.Subnet;
import overlaynet.link.FastPath;
import testkit.NeedsKernel;
import testkit.Requires;

/** Two nodes with a cable between them, and what of their containers' packets takes the fast path. */
@NeedsKernel
class FastPathTest {
    private static final String NETWORK = "a1".repeat(32);
    private static final String RULES = "inet jctl_na1a1a1a1";
    private static final int PORT = 5060;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int IMPATIENCE_MILLIS = 300;
    private static final int TRIES = 10;
    private static final int TURNS = 40;
    private static final int STREAM_BYTES = 4 << 20;
    private static final Path LIBERAL = Path.of("/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal");

    @TempDir
    Path folder;

    private OverlayHost a;
    private OverlayHost b;

    @BeforeEach
    void begin() throws Exception {
        OverlayHost.require();
        try (FastPath loaded = FastPath.open()) {
            Requires.fact(loaded.counts().size() == Passage.values().length, "eBPF");
        } catch (IOException refused) {
            Requires.fact(false, "eBPF: " + refused);
        }
        a = new OverlayHost(1, folder);
        b = new OverlayHost(2, folder);
        OverlayHost.connect(a, b);
    }

    @AfterEach
    void end() {
        for (OverlayHost each : new OverlayHost[] {a, b}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static List<Subnet> block(OverlayHost host) {
        return List.of(Subnet.parse("10.201." + (host.number - 1) + ".0/24"),
                Subnet.parse("fd00:201:0:" + (host.number - 1) + "::/64"));
    }

    private static WantedNetwork network(OverlayHost host, OverlayHost peer, WantedService... services) {
        return new WantedNetwork(NETWORK, "front", Instant.EPOCH, Map.of(), false, true, 0x6a0201, OptionalInt.empty(),
                List.of(Subnet.parse("10.201.0.0/16"), Subnet.parse("fd00:201::/48")), block(host),
                List.of(peer.peer(block(peer))), List.of(services));
    }

    private void share(WantedService... services) throws Exception {
        a.want(network(a, b, services));
        b.want(network(b, a, services));
        a.await("front");
        b.await("front");
    }

    private static WantedService web(OverlayHost.Container container) {
        return new WantedService("web", List.of(), List.of(InetAddress.ofLiteral("10.201.192.1")), VirtualPort.Choice.RANDOM,
                List.of(new WantedTask("1", List.of(container.address()), false)));
    }

    /** Answers each datagram to its port with the same, until the socket is closed. */
    private static DatagramSocket echo(OverlayHost.Container container) throws Exception {
        return echo(container, container.address());
    }

    private static DatagramSocket echo(OverlayHost.Container container, InetAddress address) throws Exception {
        DatagramSocket socket = container.call(() -> new DatagramSocket(new InetSocketAddress(address, PORT)));
        Thread.ofVirtual().start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
            try {
                while (true) {
                    packet.setLength(2_000);
                    socket.receive(packet);
                    socket.send(packet);
                }
            } catch (IOException closed) {
                // The test ended.
            }
        });
        return socket;
    }

    private static DatagramSocket client(OverlayHost.Container container) throws Exception {
        return client(container, container.address());
    }

    private static DatagramSocket client(OverlayHost.Container container, InetAddress address) throws Exception {
        DatagramSocket socket = container.call(() -> new DatagramSocket(new InetSocketAddress(address, PORT)));
        socket.setSoTimeout(IMPATIENCE_MILLIS);
        return socket;
    }

    /** Who answered; asked again if nobody does, since datagrams may be lost. */
    private static SocketAddress turn(DatagramSocket from, InetAddress to) throws IOException {
        for (int tries = TRIES; ; tries--) {
            try {
                return once(from, to);
            } catch (SocketTimeoutException lost) {
                if (tries == 1) {
                    throw lost;
                }
            }
        }
    }

    private static SocketAddress once(DatagramSocket from, InetAddress to) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[] {7}, 1, to, PORT);
        from.send(packet);
        from.receive(packet);
        return packet.getSocketAddress();
    }

    private static long count(OverlayHost host, Passage passage) {
        return host.overlay.figures().orElseThrow().passages().orElseThrow().get(passage);
    }

    /** Until packets of that kind take it: a container's cable is looked at some moments after it came. */
    private static void until(OverlayHost host, Passage passage, DatagramSocket from, InetAddress to) throws Exception {
        long before = count(host, passage);
        OverlayHost.eventually(passage + " of host " + host.number, () -> {
            turn(from, to);
            return count(host, passage) > before;
        });
    }

    @Test
    void datagramsBetweenNodesTakeIt() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            for (OverlayHost each : List.of(a, b)) {
                until(each, Passage.TO_NODES, client, two.address());
                until(each, Passage.FROM_NODES, client, two.address());
            }
            long before = count(a, Passage.TO_NODES);
            for (int i = 0; i < TURNS; i++) {
                assertEquals(server.getLocalSocketAddress(), turn(client, two.address()));
            }
            long passed = count(a, Passage.TO_NODES) - before;
            assertTrue(passed >= TURNS / 2, passed + " of " + TURNS);
        }
        assertEquals("1", a.namespace.call(() -> Files.readString(LIBERAL).strip()));
    }

    @Test
    void itIsForBothFamilies() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket server = echo(two, two.address6()); DatagramSocket client = client(one, one.address6())) {
            for (OverlayHost each : List.of(a, b)) {
                until(each, Passage.TO_NODES, client, two.address6());
                until(each, Passage.FROM_NODES, client, two.address6());
            }
            assertEquals(server.getLocalSocketAddress(), turn(client, two.address6()));
        }
        long before = count(a, Passage.TO_NODES);
        assertStreamComesThrough(one, two, two.address6());
        assertTrue(count(a, Passage.TO_NODES) > before, "none took it");
    }

    @Test
    void neighboursOnANodeTakeIt() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = a.container(NETWORK, "two");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            until(a, Passage.ON_NODE, client, two.address());
            long before = count(a, Passage.ON_NODE);
            int answered = 0;
            for (int i = 0; i < TURNS; i++) {
                try {
                    answered += once(client, two.address()).equals(server.getLocalSocketAddress()) ? 1 : 0;
                } catch (SocketTimeoutException lost) {
                    continue; // some may be; a way that leads nowhere loses all
                }
            }
            assertTrue(answered >= TURNS / 2, answered + " of " + TURNS);
            assertTrue(count(a, Passage.ON_NODE) - before >= TURNS / 2, "they took another way");
        }
    }

    @Test
    void aStreamComesThroughAsItWas() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            until(a, Passage.TO_NODES, client, two.address());
            until(b, Passage.FROM_NODES, client, two.address());
            assertFalse(server.isClosed());
        }
        long before = count(a, Passage.TO_NODES);
        assertStreamComesThrough(one, two, two.address());
        assertTrue(count(a, Passage.TO_NODES) > before, "none took it");
        OverlayHost.eventually("its end is tracked", () -> {
            String tracked = a.namespace.call(() -> Files.exists(Path.of("/proc/net/nf_conntrack"))
                    ? Files.readString(Path.of("/proc/thread-self/net/nf_conntrack")) : "");
            return tracked.lines().noneMatch(line -> line.contains("dport=" + PORT) && line.contains("ESTABLISHED"));
        });
    }

    private static void assertStreamComesThrough(OverlayHost.Container one, OverlayHost.Container two, InetAddress address)
            throws Exception {
        byte[] sent = new byte[STREAM_BYTES];
        new Random(1).nextBytes(sent);
        try (ServerSocketChannel server = two.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(PORT)))) {
            Thread.ofVirtual().start(() -> {
                try (SocketChannel accepted = server.accept()) {
                    byte[] all = accepted.socket().getInputStream().readNBytes(STREAM_BYTES);
                    accepted.socket().getOutputStream().write(all);
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });
            byte[] back = one.call(() -> {
                try (Socket socket = new Socket(address, PORT)) {
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    Thread.ofVirtual().start(() -> {
                        try {
                            socket.getOutputStream().write(sent);
                        } catch (IOException broken) {
                            throw new AssertionError(broken);
                        }
                    });
                    return new DataInputStream(socket.getInputStream()).readNBytes(STREAM_BYTES);
                }
            });
            assertEquals(Integer.toHexString(Arrays.hashCode(sent)), Integer.toHexString(Arrays.hashCode(back)));
        }
    }

    @Test
    void aServicesAddressAndItsTasksOwnAreToldApartByTheSamePorts() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        a.want(network(a, b, web(two)));
        b.want(network(b, a, web(two)));
        InetAddress service = InetAddress.ofLiteral("10.201.192.1");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            OverlayHost.eventually("the service leads to its task", () -> one.reaches(service));
            SocketAddress byService = new InetSocketAddress(service, PORT);
            for (int i = 0; i < TURNS; i++) {
                assertEquals(byService, turn(client, service), "turn " + i);
                assertEquals(server.getLocalSocketAddress(), turn(client, two.address()), "turn " + i);
            }
        }
    }

    @Test
    void aNeighboursAddressIsNobodyElses() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        OverlayHost.Container beside = a.container(NETWORK, "beside");
        one.take(beside.address());
        one.take(beside.address6());
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            until(a, Passage.TO_NODES, client, two.address());
            assertEquals(server.getLocalSocketAddress(), turn(client, two.address()));
        }
        long before = count(a, Passage.SPOOFED);
        assertEquals(one.address(), firstHeard(one, two, two.address(), beside.address(), one.address()));
        assertEquals(one.address6(), firstHeard(one, two, two.address6(), beside.address6(), one.address6()));
        assertTrue(count(a, Passage.SPOOFED) >= before + 2, "two datagrams, and what its kernel says of the new address");
    }

    private static InetAddress firstHeard(OverlayHost.Container from, OverlayHost.Container to, InetAddress at, InetAddress... sources)
            throws Exception {
        try (DatagramSocket receiver = to.call(() -> new DatagramSocket(new InetSocketAddress(at, 0)))) {
            receiver.setSoTimeout(PATIENCE_MILLIS);
            from.call(() -> {
                for (InetAddress each : sources) {
                    try (DatagramSocket sender = new DatagramSocket(new InetSocketAddress(each, 0))) {
                        sender.send(new DatagramPacket(new byte[1], 1, receiver.getLocalSocketAddress()));
                    }
                }
                return null;
            });
            DatagramPacket heard = new DatagramPacket(new byte[1], 1);
            receiver.receive(heard);
            return heard.getAddress();
        }
    }

    @Test
    void aRuleSomebodyMakesIsKeptWithinSeconds() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            until(a, Passage.TO_NODES, client, two.address());
            b.nft("add table inet own\nadd chain inet own forward { type filter hook forward priority 0; }\n"
                    + "add rule inet own forward udp dport " + PORT + " drop");
            OverlayHost.eventually("the rule is kept", () -> {
                try {
                    return once(client, two.address()) == null;
                } catch (SocketTimeoutException dropped) {
                    return true;
                }
            });
            assertThrows(SocketTimeoutException.class, () -> turn(client, two.address()));
            assertFalse(server.isClosed());
        }
    }

    @Test
    void whoComesAfterAContainerHasItsAddressAlone() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket client = client(one)) {
            try (DatagramSocket server = echo(two)) {
                until(b, Passage.FROM_NODES, client, two.address());
                assertEquals(server.getLocalSocketAddress(), turn(client, two.address()));
            }
            b.networks.detach("two").join();
            OverlayHost.Container next = b.container(NETWORK, "next");
            InetAddress before = two.address();
            next.take(before);
            try (DatagramSocket server = echo(next)) {
                OverlayHost.eventually("the next one answers", () -> {
                    try {
                        return once(client, next.address()).equals(server.getLocalSocketAddress());
                    } catch (SocketTimeoutException notYet) {
                        return false;
                    }
                });
            }
        }
    }

    @Test
    void anAgentThatIsToldSoTakesItAwayAndOneThatIsNotBringsItBack() throws Exception {
        share();
        OverlayHost.Container one = a.container(NETWORK, "one");
        OverlayHost.Container two = b.container(NETWORK, "two");
        try (DatagramSocket server = echo(two); DatagramSocket client = client(one)) {
            until(a, Passage.TO_NODES, client, two.address());
            a.stop();
            a.open(false);
            a.want(network(a, b));
            a.await("front");
            assertTrue(a.overlay.figures().orElseThrow().passages().isEmpty());
            assertEquals(server.getLocalSocketAddress(), turn(client, two.address()));
            // The host's rules know no more than the node of a source, which shows that nothing looks before them.
            InetAddress made = InetAddress.ofLiteral("10.201.0.99");
            one.take(made);
            OverlayHost.eventually("no program looks", () -> firstHeard(one, two, two.address(), made, one.address()).equals(made));
            a.stop();
            a.open();
            a.want(network(a, b));
            a.await("front");
            until(a, Passage.TO_NODES, client, two.address());
            assertEquals(one.address(), firstHeard(one, two, two.address(), made, one.address()));
        }
    }
}
