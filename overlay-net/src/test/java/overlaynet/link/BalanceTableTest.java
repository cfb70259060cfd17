package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import overlaynet.balance.Endpoint;
import overlaynet.balance.VirtualPort;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A host and four containers, 10.1.N.2 each; all but the first say their number on port 8080. */
@NeedsKernel
class BalanceTableTest {
    private static final int CONTAINERS = 4;
    private static final int SERVER_PORT = 8080;
    private static final int CALLS = 40;
    private static final int REPETITIONS = 8;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final InetAddress SERVICE = InetAddress.ofLiteral("10.1.255.1");

    private final List<NetworkNamespace> containers = new ArrayList<>();
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private NetworkNamespace host;
    private BalanceTable table;
    private Nftables nftables;

    private static InetAddress address(int container) {
        return InetAddress.ofLiteral("10.1." + container + ".2");
    }

    private static void send(NetworkNamespace namespace, NetlinkRequest... requests) throws Exception {
        namespace.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                for (NetlinkRequest each : requests) {
                    socket.request(each);
                }
            }
            return null;
        });
    }

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        Requires.fact(hasNftables(), "libnftables");
        host = NetworkNamespace.create();
        host.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1"));
        send(host, LinkMessages.loopbackUp());
        for (int number = 1; number <= CONTAINERS; number++) {
            NetworkNamespace container = NetworkNamespace.create();
            containers.add(container);
            InetAddress gateway = InetAddress.ofLiteral("10.1." + number + ".1");
            send(host, LinkMessages.createVethPair(new VethPair("c" + number, 100 + number, OptionalInt.empty(), "eth0", 51,
                    HardwareAddress.parse("02:00:00:00:02:0" + number), container.descriptor(), 1500)),
                    AddressMessages.add(gateway, 24, 100 + number));
            send(container, LinkMessages.loopbackUp(), AddressMessages.add(address(number), 24, 51), LinkMessages.up(51),
                    RouteMessages.addDefault(gateway, 51));
            if (number > 1) {
                serve(container, number);
            }
        }
    }

    private static boolean hasNftables() {
        try (Nftables nftables = Nftables.open()) {
            return nftables != null;
        } catch (NftablesMissingException | NftablesException missing) {
            return false;
        }
    }

    private void serve(NetworkNamespace container, int number) throws Exception {
        ServerSocketChannel server = container.call(() ->
                ServerSocketChannel.open().bind(new InetSocketAddress(address(number), SERVER_PORT)));
        servers.add(server);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    try (SocketChannel accepted = server.accept()) {
                        accepted.write(ByteBuffer.wrap(new byte[] {(byte) number}));
                    }
                }
            } catch (IOException closed) {
                // The test ended.
            }
        });
    }

    @AfterEach
    void end() throws IOException {
        if (table != null) {
            table.close();
        }
        if (nftables != null) {
            nftables.close();
        }
        for (ServerSocketChannel each : servers) {
            each.close();
        }
        containers.forEach(NetworkNamespace::close);
        if (host != null) {
            host.close();
        }
    }

    /** Of these ports, until the test ends. */
    private void table(VirtualPort... ports) throws Exception {
        if (nftables == null) {
            nftables = host.call(Nftables::open);
        }
        table = BalanceTable.make(nftables, host.call(NetlinkSocket::netfilter));
        table.change(List.of(), List.of(ports));
    }

    private void change(VirtualPort before, VirtualPort after) throws IOException {
        table.change(List.of(before), List.of(after));
    }

    private static VirtualPort port(VirtualPort.Choice choice, int... endpoints) {
        return new VirtualPort(SERVICE, VirtualPort.Protocol.TCP, 80, choice, IntStream.of(endpoints).mapToObj(number ->
                new Endpoint(address(number), SERVER_PORT)).toList());
    }

    /** Who answers a container that calls the service. */
    private int call(int container) throws Exception {
        return containers.get(container - 1).call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(SERVICE, 80), TIMEOUT_MILLIS);
                return socket.getInputStream().read();
            }
        });
    }

    private Set<Integer> calls(int container) throws Exception {
        Set<Integer> answers = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            answers.add(call(container));
        }
        return answers;
    }

    @Test
    void allEndpointsHaveTheirTurn() throws Exception {
        table(port(VirtualPort.Choice.RANDOM, 2, 3, 4));
        assertEquals(Set.of(2, 3, 4), calls(1));
        change(port(VirtualPort.Choice.RANDOM, 2, 3, 4), port(VirtualPort.Choice.IN_TURN, 3, 4));
        List<Integer> turns = List.of(call(1), call(1), call(1), call(1));
        assertEquals(turns.get(0), turns.get(2));
        assertEquals(Set.of(3, 4), Set.copyOf(turns));
    }

    @Test
    void aSourceKeepsItsEndpointUntilThatLeaves() throws Exception {
        VirtualPort before = port(VirtualPort.Choice.SOURCE, 2, 3, 4);
        table(before);
        Set<Integer> its = calls(1);
        assertEquals(1, its.size());
        int kept = its.iterator().next();
        int other = kept == 2 ? 3 : 2;
        int third = 9 - kept - other;
        VirtualPort without = port(VirtualPort.Choice.SOURCE, IntStream.of(2, 3, 4).filter(each -> each != other).toArray());
        change(before, without);
        assertEquals(its, calls(1), "another one left");
        change(without, port(VirtualPort.Choice.SOURCE, third));
        assertEquals(Set.of(third), calls(1));
        table.close();
        for (int i = 0; i < REPETITIONS; i++) {
            table(before);
            assertEquals(kept, call(1), "a table made anew chooses the same");
            table.close();
        }
    }

    @Test
    void aContainerReachesItselfThroughItsService() throws Exception {
        table(port(VirtualPort.Choice.RANDOM, 2));
        table.changeLocal(List.of(), List.of(address(2)));
        assertEquals(2, call(2));
        table.changeLocal(List.of(address(2)), List.of(address(3)));
        change(port(VirtualPort.Choice.RANDOM, 2), port(VirtualPort.Choice.RANDOM, 3));
        assertEquals(3, call(3));
    }

    @Test
    void aServiceWithoutEndpointsRefusesAtOnce() throws Exception {
        table(port(VirtualPort.Choice.RANDOM));
        assertThrows(ConnectException.class, () -> call(1));
        change(port(VirtualPort.Choice.RANDOM), port(VirtualPort.Choice.SOURCE, 4));
        assertEquals(4, call(1));
        change(port(VirtualPort.Choice.SOURCE, 4), port(VirtualPort.Choice.RANDOM, 3));
        assertEquals(3, call(1));
        table.change(List.of(port(VirtualPort.Choice.RANDOM, 3)), List.of());
        assertThrows(IOException.class, () -> call(1));
    }

    @Test
    void connectionsStayWhereTheyAre() throws Exception {
        table(port(VirtualPort.Choice.RANDOM, 2));
        int answered = containers.getFirst().call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(SERVICE, 80), TIMEOUT_MILLIS);
                change(port(VirtualPort.Choice.RANDOM, 2), port(VirtualPort.Choice.RANDOM, 3));
                return socket.getInputStream().read();
            }
        });
        assertEquals(2, answered);
        assertEquals(3, call(1));
    }

    @Test
    void moreEndpointsThanThereAreChainsFor() throws Exception {
        VirtualPort many = new VirtualPort(SERVICE, VirtualPort.Protocol.TCP, 80, VirtualPort.Choice.RANDOM,
                Collections.nCopies(100, new Endpoint(address(2), SERVER_PORT)));
        table(many);
        assertEquals(2, call(1));
    }

    @Test
    void whatIsThereAlreadyIsRefusedAsAWhole() throws Exception {
        table(port(VirtualPort.Choice.RANDOM, 2));
        VirtualPort other = new VirtualPort(SERVICE, VirtualPort.Protocol.TCP, 81, VirtualPort.Choice.RANDOM, List.of());
        String refused = assertThrows(IOException.class, () -> table.change(List.of(),
                List.of(other, port(VirtualPort.Choice.RANDOM, 3)))).getMessage();
        assertTrue(refused.contains("NFT_MSG_NEWSETELEM inet jctl_balance"), refused);
        assertEquals(2, call(1));
        table.change(List.of(), List.of(other));
    }
}
