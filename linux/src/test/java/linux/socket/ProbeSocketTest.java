package linux.socket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import linux.netlink.LinkMessages;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** A host of its own, by loopback. */
@NeedsKernel
class ProbeSocketTest {
    private static final int PORT = 9;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SOON_MILLIS = 200;
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress NOWHERE = InetAddress.ofLiteral("192.0.2.9");

    private static boolean isAnswered(InetAddress address, boolean checksum, int timeoutMillis) throws Exception {
        try (ProbeSocket socket = new ProbeSocket((Inet4Address) address, PORT)) {
            return socket.isAnswered(checksum, timeoutMillis);
        }
    }

    @Test
    void whoHasNobodyAtThePortSaysSoWithAndWithoutAChecksum() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (NetworkNamespace host = NetworkNamespace.create()) {
            host.call(() -> {
                try (NetlinkSocket socket = NetlinkSocket.route()) {
                    socket.request(LinkMessages.loopbackUp());
                }
                assertTrue(isAnswered(HERE, true, PATIENCE_MILLIS));
                assertTrue(isAnswered(HERE, false, PATIENCE_MILLIS));
                try (DatagramSocket somebody = new DatagramSocket(new InetSocketAddress(HERE, PORT))) {
                    assertFalse(isAnswered(HERE, true, SOON_MILLIS), "somebody has the port: " + somebody.getLocalPort());
                }
                return null;
            });
        }
    }

    @Test
    void whereNoWayLeadsNobodyAnswers() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (NetworkNamespace host = NetworkNamespace.create()) {
            host.call(() -> {
                assertFalse(answersOrNoWay());
                return null;
            });
        }
    }

    private static boolean answersOrNoWay() throws Exception {
        try {
            return isAnswered(NOWHERE, true, SOON_MILLIS);
        } catch (linux.syscall.SystemCallException noWay) {
            return !noWay.is(linux.abi.Errno.ENETUNREACH);
        }
    }
}
