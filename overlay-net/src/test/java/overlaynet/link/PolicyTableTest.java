package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
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
import overlaynet.policy.Policy;
import overlaynet.policy.PolicyRules;
import overlaynet.policy.Refused;
import overlaynet.policy.Rule;
import overlaynet.policy.RuleCount;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A host between 10.1.1.2, which asks through what stands for the tunnel, and 10.1.2.2 behind what stands for the bridge. */
@NeedsKernel
class PolicyTableTest {
    private static final int OPEN_PORT = 80;
    private static final int SHUT_PORT = 22;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final InetAddress WEB = InetAddress.ofLiteral("10.1.1.2");
    private static final InetAddress DB = InetAddress.ofLiteral("10.1.2.2");
    private static final Policy POLICY = Policy.of(true, List.of("deny web to db:23", "allow web to tier=back:80-81"));
    private static final PolicyRules RULES = new PolicyRules("t", "c2", "c1", true, POLICY);
    private static final List<PolicyRules.Member> MEMBERS = List.of(
            new PolicyRules.Member(new Rule.End("web", Map.of()), List.of(WEB)),
            new PolicyRules.Member(new Rule.End("db", Map.of("tier", "back")), List.of(DB)));

    private final List<NetworkNamespace> containers = new ArrayList<>();
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private NetworkNamespace host;
    private SharedNftables nftables;

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
        host = NetworkNamespace.create();
        nftables = host.call(SharedNftables::open);
        try {
            nftables.use(context -> context.run("list tables"));
        } catch (NftablesMissingException missing) {
            Requires.fact(false, "libnftables");
        }
        host.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1"));
        send(host, LinkMessages.loopbackUp());
        for (int number = 1; number <= 2; number++) {
            NetworkNamespace container = NetworkNamespace.create();
            containers.add(container);
            InetAddress gateway = InetAddress.ofLiteral("10.1." + number + ".1");
            send(host, LinkMessages.createVethPair(new VethPair("c" + number, 100 + number, OptionalInt.empty(), "eth0", 51,
                    HardwareAddress.parse("02:00:00:00:02:0" + number), container.descriptor(), 1500)),
                    AddressMessages.add(gateway, 24, 100 + number));
            send(container, LinkMessages.loopbackUp(), AddressMessages.add(number == 1 ? WEB : DB, 24, 51),
                    LinkMessages.up(51), RouteMessages.addDefault(gateway, 51));
        }
        for (int port : new int[] {OPEN_PORT, OPEN_PORT + 1, SHUT_PORT, SHUT_PORT + 1}) {
            servers.add(containers.getLast().call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(DB, port))));
        }
    }

    @AfterEach
    void end() throws IOException {
        for (ServerSocketChannel each : servers) {
            each.close();
        }
        if (nftables != null) {
            nftables.close();
        }
        containers.forEach(NetworkNamespace::close);
        if (host != null) {
            host.close();
        }
    }

    private PolicyTable make(List<PolicyRules.Member> members) throws Exception {
        return PolicyTable.make(nftables, "t", RULES, RULES.elements(members, List.of()));
    }

    private Socket connect(int port) throws Exception {
        return containers.getFirst().call(() -> {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(DB, port), TIMEOUT_MILLIS);
                return socket;
            } catch (IOException refused) {
                socket.close();
                throw refused;
            }
        });
    }

    private void passes(int port) throws Exception {
        connect(port).close();
    }

    private void isRefused(int port) {
        assertThrows(NoRouteToHostException.class, () -> connect(port));
    }

    private void run(String commands) throws Exception {
        nftables.use(context -> context.run(commands));
    }

    @Test
    void rulesLetThroughAndRefuseAndSoDoesTheDefault() throws Exception {
        passes(SHUT_PORT);
        PolicyTable table = make(MEMBERS);
        passes(OPEN_PORT);
        passes(OPEN_PORT + 1);
        isRefused(SHUT_PORT);
        isRefused(SHUT_PORT + 1);
        Set<String> refused = new TreeSet<>();
        for (Refused each : table.refused()) {
            assertTrue(each.packets() > 0 && each.agoSeconds() < PolicyRules.REMEMBERED_SECONDS, each::toString);
            refused.add(each.from().getHostAddress() + " " + each.to().getHostAddress() + " " + each.port() + "/"
                    + each.protocol() + " " + POLICY.words(each.rule()));
        }
        assertEquals(Set.of("10.1.1.2 10.1.2.2 22/tcp default deny", "10.1.1.2 10.1.2.2 23/tcp deny web to db:23"), refused);
        List<RuleCount> counts = table.counts();
        assertEquals(List.of(OptionalInt.of(0), OptionalInt.of(1), OptionalInt.empty()),
                counts.stream().map(RuleCount::rule).toList());
        assertTrue(counts.stream().allMatch(each -> each.packets() > 0), counts::toString);
        assertTrue(table.stands());
    }

    @Test
    void whoComesIsKnownAndWhatHasBegunGoesOn() throws Exception {
        PolicyTable table = make(MEMBERS.subList(1, 2));
        isRefused(OPEN_PORT);
        table.change(RULES.elements(MEMBERS, List.of()));
        try (Socket connected = connect(OPEN_PORT)) {
            table.change(RULES.elements(List.of(), List.of()));
            isRefused(OPEN_PORT);
            connected.getOutputStream().write(1);
            connected.shutdownOutput();
        }
        assertTrue(table.stands());
    }

    @Test
    void anotherNodeAsksInItsOwnNameForWhoeverAskedIt() throws Exception {
        PolicyTable table = make(MEMBERS);
        isRefused(SHUT_PORT);
        table.change(RULES.elements(MEMBERS, List.of(WEB)));
        passes(SHUT_PORT);
        assertTrue(table.stands());
    }

    @Test
    void whatComesFromOutsideIsPublishedPortsBusiness() throws Exception {
        PolicyRules elsewhere = new PolicyRules("t", "c2", "c3", false, POLICY);
        PolicyTable table = PolicyTable.make(nftables, "t", elsewhere, elsewhere.elements(MEMBERS, List.of()));
        passes(SHUT_PORT);
        assertEquals(List.of(), table.refused());
    }

    @Test
    void damageIsSeen() throws Exception {
        PolicyTable table = make(MEMBERS);
        run("delete element inet t some0_4 { 10.1.1.2 }");
        assertFalse(table.stands());
        table = make(MEMBERS);
        run("insert rule inet t forward accept");
        assertFalse(table.stands());
        make(MEMBERS);
        run("flush ruleset");
        assertFalse(table.stands());
        table = make(MEMBERS);
        assertTrue(table.stands());
        assertEquals(List.of("t"), nftables.tables("inet", "t"));
        nftables.removeTable("inet", "t");
        assertEquals(List.of(), nftables.tables("inet", ""));
        nftables.removeTable("inet", "t");
    }
}
