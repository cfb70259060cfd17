package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import linux.netlink.AddressMessages;
import linux.netlink.ConntrackInfo;
import linux.netlink.ConntrackMessages;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A host that tracks two flows of datagrams and one of TCP. */
@NeedsKernel
class TrackedConnectionsTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.2");
    private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.3");
    private static final InetAddress SIX = InetAddress.ofLiteral("::1");
    private static final InetAddress OTHER_SIX = InetAddress.ofLiteral("fd00::2");
    private static final int PORT = 7007;
    private static final int PATIENCE = 200;
    private static final long PAUSE_NANOS = 25_000_000L;

    private NetworkNamespace host;
    private ServerSocket server;
    private Socket connection;

    @BeforeEach
    void begin() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        host = NetworkNamespace.create();
        host.call(() -> {
            try (NetlinkSocket socket = NetlinkSocket.route(); Nftables nftables = Nftables.open()) {
                socket.request(LinkMessages.loopbackUp());
                socket.request(AddressMessages.add(OTHER_SIX, 128, 1));
                nftables.run("table inet t { chain c { type filter hook output priority 0; ct state new accept; }; }");
                server = new ServerSocket();
                server.bind(new InetSocketAddress(ONE, PORT));
                connection = new Socket(ONE, PORT);
            }
            return null;
        });
        Set<String> all = Set.of("17 127.0.0.2", "17 127.0.0.3", "17 0:0:0:0:0:0:0:1", "17 fd00:0:0:0:0:0:0:2", "6 127.0.0.2");
        for (int left = PATIENCE; left > 0 && !tracked().equals(all); left--) {
            does(this::send); // a new address of IPv6 takes a moment
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        assertEquals(all, tracked());
    }

    private void send() throws IOException {
        try (DatagramSocket sender = new DatagramSocket()) {
            for (InetAddress each : List.of(ONE, OTHER, SIX, OTHER_SIX)) {
                sender.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress(each, PORT)));
            }
        }
    }

    @AfterEach
    void end() throws IOException {
        if (connection != null) {
            connection.close();
        }
        if (server != null) {
            server.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private Set<String> tracked() throws Exception {
        return host.call(() -> {
            Set<String> tracked = new TreeSet<>();
            try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
                for (byte[] each : socket.dump(ConntrackMessages.dump())) {
                    ConntrackInfo connection = ConntrackInfo.decode(each).orElseThrow();
                    tracked.add(connection.protocol() + " " + connection.answeredFrom().getHostAddress());
                }
            }
            return tracked;
        });
    }

    private interface Forgetting {
        void forget() throws Exception;
    }

    private void does(Forgetting forgetting) throws Exception {
        host.call(() -> {
            forgetting.forget();
            return null;
        });
    }

    @Test
    void datagramsAreForgottenAndConnectionsStay() throws Exception {
        does(() -> TrackedConnections.forgetDatagrams(List.of(ONE)));
        assertEquals(Set.of("17 127.0.0.3", "17 0:0:0:0:0:0:0:1", "17 fd00:0:0:0:0:0:0:2", "6 127.0.0.2"), tracked());
    }

    @Test
    void allOfSomeAddressesAreForgotten() throws Exception {
        does(() -> TrackedConnections.forget(List.of(ONE, SIX)));
        assertEquals(Set.of("17 127.0.0.3", "17 fd00:0:0:0:0:0:0:2"), tracked());
        does(() -> TrackedConnections.forget(List.of(ONE, SIX)));
        assertEquals(Set.of("17 127.0.0.3", "17 fd00:0:0:0:0:0:0:2"), tracked(), "what is not there is forgotten already");
        does(() -> TrackedConnections.forget(List.of()));
        assertEquals(Set.of("17 127.0.0.3", "17 fd00:0:0:0:0:0:0:2"), tracked());
    }

    @Test
    void aKernelThatLooksForNoneIsToldEachOfThem() throws Exception {
        does(() -> {
            try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
                TrackedConnections.forgetEach(Set.of(ONE), true, socket);
            }
        });
        assertEquals(Set.of("17 127.0.0.3", "17 0:0:0:0:0:0:0:1", "17 fd00:0:0:0:0:0:0:2", "6 127.0.0.2"), tracked());
        does(() -> {
            try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
                TrackedConnections.forgetEach(Set.of(ONE, SIX), false, socket);
            }
        });
        assertEquals(Set.of("17 127.0.0.3", "17 fd00:0:0:0:0:0:0:2"), tracked());
    }
}
