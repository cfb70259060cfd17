package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
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
    private static final int OTHER_PORT = 5353;
    private static final int CALLS = 40;
    private static final int REPETITIONS = 8;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final InetAddress SERVICE = InetAddress.ofLiteral("10.1.255.1");

    private final List<NetworkNamespace> containers = new ArrayList<>();
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private NetworkNamespace host;
    private BalanceTable table;
    private SharedNftables nftables;

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
        serve(container, number, SERVER_PORT);
    }

    private void serve(NetworkNamespace container, int number, int port) throws Exception {
        ServerSocketChannel server = container.call(() ->
                ServerSocketChannel.open().bind(new InetSocketAddress(address(number), port)));
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
            nftables = host.call(SharedNftables::open);
        }
        table = BalanceTable.make(nftables, host.call(NetlinkSocket::netfilter), "jctl_balance");
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
        return call(container, 80);
    }

    private int call(int container, int port) throws Exception {
        return containers.get(container - 1).call(() -> {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(new InetSocketAddress(SERVICE, port), TIMEOUT_MILLIS);
                return socket.getInputStream().read();
            }
        });
    }

    private Set<Integer> calls(int container) throws Exception {
        return calls(container, 80);
    }

    private Set<Integer> calls(int container, int port) throws Exception {
        Set<Integer> answers = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            answers.add(call(container, port));
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

    private static VirtualPort any(VirtualPort.Choice choice, int... endpoints) {
        return VirtualPort.any(SERVICE, choice, IntStream.of(endpoints).mapToObj(BalanceTableTest::address).toList());
    }

    /** Another server of two containers, beside that on the usual port. */
    private void serveMore() throws Exception {
        serve(containers.get(1), 2, OTHER_PORT);
        serve(containers.get(2), 3, OTHER_PORT);
    }

    @Test
    void anAddressLeadsEveryPortAndKeepsIt() throws Exception {
        serveMore();
        VirtualPort random = any(VirtualPort.Choice.RANDOM, 2, 3);
        table(random);
        for (int port : List.of(SERVER_PORT, OTHER_PORT)) {
            assertEquals(Set.of(2, 3), calls(1, port));
        }
        assertThrows(ConnectException.class, () -> call(1, 80), "no task listens there");
        VirtualPort turns = any(VirtualPort.Choice.IN_TURN, 2, 3);
        change(random, turns);
        for (int port : List.of(SERVER_PORT, OTHER_PORT)) {
            List<Integer> answers = List.of(call(1, port), call(1, port), call(1, port));
            assertEquals(answers.get(0), answers.get(2));
            assertEquals(Set.of(2, 3), Set.copyOf(answers));
        }
        VirtualPort source = any(VirtualPort.Choice.SOURCE, 2, 3);
        change(turns, source);
        Set<Integer> its = calls(1, SERVER_PORT);
        assertEquals(1, its.size());
        assertEquals(its, calls(1, OTHER_PORT), "the same one for the same client");
        VirtualPort other = any(VirtualPort.Choice.SOURCE, 5 - its.iterator().next());
        change(source, other);
        assertEquals(Set.of(5 - its.iterator().next()), calls(1, OTHER_PORT));
        change(other, any(VirtualPort.Choice.RANDOM));
        assertThrows(ConnectException.class, () -> call(1, SERVER_PORT));
        table.change(List.of(any(VirtualPort.Choice.RANDOM)), List.of(random));
        assertEquals(Set.of(2, 3), calls(1, SERVER_PORT));
    }

    @Test
    void datagramsToAnAddressKeepTheirPortAndAreAnsweredFromIt() throws Exception {
        table(any(VirtualPort.Choice.RANDOM, 2));
        try (DatagramSocket server = containers.get(1).call(() ->
                new DatagramSocket(new InetSocketAddress(address(2), OTHER_PORT)));
                DatagramSocket client = containers.getFirst().call(() ->
                        new DatagramSocket(new InetSocketAddress(address(1), 0)))) {
            server.setSoTimeout(TIMEOUT_MILLIS);
            client.setSoTimeout(TIMEOUT_MILLIS);
            InetSocketAddress service = new InetSocketAddress(SERVICE, OTHER_PORT);
            client.send(new DatagramPacket(new byte[] {7}, 1, service));
            DatagramPacket heard = new DatagramPacket(new byte[1], 1);
            server.receive(heard);
            assertEquals(client.getLocalSocketAddress(), heard.getSocketAddress());
            server.send(heard);
            DatagramPacket answer = new DatagramPacket(new byte[1], 1);
            client.receive(answer);
            assertEquals(service, answer.getSocketAddress());
            assertEquals(7, answer.getData()[0]);
        }
    }

    @Test
    void moreTasksBehindAnAddressThanThereAreChainsFor() throws Exception {
        VirtualPort many = VirtualPort.any(SERVICE, VirtualPort.Choice.RANDOM, Collections.nCopies(100, address(2)));
        table(many);
        assertEquals(2, call(1, SERVER_PORT));
        change(many, any(VirtualPort.Choice.RANDOM, 3));
        assertEquals(3, call(1, SERVER_PORT));
    }

    @Test
    void whetherTheTableStandsIsSeenWhateverServicesThereAre() throws Exception {
        table(any(VirtualPort.Choice.RANDOM, 2));
        assertTrue(table.stands());
        table.change(List.of(any(VirtualPort.Choice.RANDOM, 2)), List.of(any(VirtualPort.Choice.SOURCE, 3, 4)));
        table.changeLocal(List.of(), List.of(address(2)));
        assertTrue(table.stands());
        for (String damage : List.of("flush chain inet jctl_balance prerouting", "delete table inet jctl_balance")) {
            host.call(() -> {
                try (Nftables context = Nftables.open()) {
                    return context.run(damage);
                }
            });
            assertFalse(table.stands(), damage);
        }
    }

    private String nft(String commands) throws Exception {
        return host.call(() -> {
            try (Nftables context = Nftables.open()) {
                return context.run(commands);
            }
        });
    }

    @Test
    void damageToAnInnerChainIsSeenAsWell() throws Exception {
        for (String damage : List.of("flush chain inet jctl_balance random4_2", "flush chain inet jctl_balance ring6", "flush chain inet jctl_balance refuse",
                "add rule inet jctl_balance anyturn4_3 drop", "insert rule inet jctl_balance refuse accept")) {
            fresh();
            assertTrue(table.stands());
            nft(damage);
            assertFalse(table.stands(), damage);
        }
        fresh();
        nft("add table inet other");
        assertTrue(table.stands(), "somebody else's is none of its");
    }

    private void fresh() throws Exception {
        if (table != null) {
            table.close();
        }
        table(port(VirtualPort.Choice.RANDOM, 2));
    }

    @Test
    void elementsThatSomebodyElseChangedAreMended() throws Exception {
        VirtualPort first = any(VirtualPort.Choice.RANDOM, 2, 3);
        VirtualPort second = port(VirtualPort.Choice.SOURCE, 2, 3, 4);
        VirtualPort everywhere = VirtualPort.everywhere(true, VirtualPort.Protocol.UDP, 53, VirtualPort.Choice.IN_TURN,
                List.of(new Endpoint(address(4), OTHER_PORT)));
        List<VirtualPort> ports = List.of(first, second, everywhere);
        table(ports.toArray(VirtualPort[]::new));
        List<InetAddress> local = List.of(address(2), InetAddress.ofLiteral("fd00::2"));
        table.changeLocal(List.of(), local);
        assertTrue(table.mayBeTouched(), "it was never looked at");
        assertEquals(0, table.mend(ports, local));
        assertFalse(table.mayBeTouched());
        String made = nft("list table inet jctl_balance");
        for (String damage : List.of(
                "delete element inet jctl_balance addresses4 { 10.1.255.1 }",
                "delete element inet jctl_balance any4 { 10.1.255.1 . 1 }",
                "flush map inet jctl_balance tcp4",
                "delete element inet jctl_balance publishedudp4 { 53 . 0 }",
                "delete element inet jctl_balance own6 { fd00::2 . fd00::2 }",
                "add element inet jctl_balance own4 { 10.9.9.9 . 10.9.9.9 }",
                "add element inet jctl_balance addresses4 { 10.9.9.9 : goto refuse }",
                "delete element inet jctl_balance any4 { 10.1.255.1 . 0 }\n"
                        + "add element inet jctl_balance any4 { 10.1.255.1 . 0 : 10.9.9.9 }",
                "delete element inet jctl_balance services4 { 10.1.255.1 . tcp . 80 }\n"
                        + "add element inet jctl_balance services4 { 10.1.255.1 . tcp . 80 : goto refuse }")) {
            nft(damage);
            assertTrue(table.mayBeTouched(), damage);
            assertTrue(table.mend(ports, local) > 0, damage);
            assertEquals(0, table.mend(ports, local), damage);
            assertEquals(made, nft("list table inet jctl_balance"), damage);
            assertFalse(table.mayBeTouched(), damage);
        }
    }

    @Test
    void itsOwnChangesAreNobodyElses() throws Exception {
        VirtualPort before = any(VirtualPort.Choice.RANDOM, 2);
        table(before);
        table.mend(List.of(before), List.of());
        VirtualPort many = VirtualPort.any(SERVICE, VirtualPort.Choice.RANDOM, Collections.nCopies(3000, address(2)));
        change(before, many);
        assertFalse(table.mayBeTouched(), "new chains, and several batches");
        table.changeLocal(List.of(), List.of(address(2)));
        assertFalse(table.mayBeTouched());
        change(many, any(VirtualPort.Choice.RANDOM, 3));
        assertFalse(table.mayBeTouched());
        nft("list ruleset");
        assertFalse(table.mayBeTouched(), "who reads changes nothing");
        nft("add table inet others");
        change(any(VirtualPort.Choice.RANDOM, 3), before);
        assertTrue(table.mayBeTouched(), "what others did before is not forgotten");
        assertEquals(0, table.mend(List.of(before), List.of(address(2))));
        assertFalse(table.mayBeTouched());
    }
}
