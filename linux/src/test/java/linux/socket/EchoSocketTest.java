package linux.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.OptionalInt;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.VethPair;
import org.junit.jupiter.api.Test;
import testkit.NeedsKernel;
import testkit.NetworkNamespace;
import testkit.Requires;

/** Two hosts with a cable between them. */
@NeedsKernel
class EchoSocketTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SOON_MILLIS = 300;
    private static final int INDEX = 90;

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

    private static boolean answers(NetworkNamespace from, String address, int bytes,
            int timeoutMillis) throws Exception {
        return from.call(() -> {
            try (EchoSocket socket = new EchoSocket(InetAddress.ofLiteral(address))) {
                return socket.answers(bytes, timeoutMillis);
            }
        });
    }

    @Test
    void largePacketsPassAsFarAsTheOtherEndOfTheCableTakesThem() throws Exception {
        Requires.fact(NetworkNamespace.available(), "network namespaces (root)");
        try (NetworkNamespace one = NetworkNamespace.create(); NetworkNamespace other = NetworkNamespace.create()) {
            send(one, LinkMessages.loopbackUp(), LinkMessages.createVethPair(new VethPair("out", INDEX,
                    OptionalInt.empty(),
                    "out", INDEX, HardwareAddress.parse("02:00:00:00:00:02"), other.descriptor(), 1500)),
                    AddressMessages.add(InetAddress.ofLiteral("192.0.2.1"), 24, INDEX));
            send(other, LinkMessages.loopbackUp(), LinkMessages.up(INDEX),
                    AddressMessages.add(InetAddress.ofLiteral("192.0.2.2"), 24, INDEX));
            assertTrue(answers(one, "192.0.2.2", 100, PATIENCE_MILLIS));
            assertTrue(answers(one, "192.0.2.2", 1500, PATIENCE_MILLIS));
            assertFalse(answers(one, "192.0.2.2", 1501, SOON_MILLIS), "the own end takes no more");
            assertFalse(answers(one, "192.0.2.3", 100, SOON_MILLIS), "nobody");
            assertTrue(answers(one, "::1", 1500, PATIENCE_MILLIS));
            assertTrue(answers(one, "127.0.0.1", 28, PATIENCE_MILLIS));
        }
    }

    @Test
    void aRequestHasTheChecksumThatItsHeaderAndZerosMake() {
        assertEquals("0800e5ca12340001", HexFormat.of().formatHex(EchoMessages.request(true, 28, 0x1234, 1)));
        assertEquals("8000000012340001", HexFormat.of().formatHex(EchoMessages.request(false, 48, 0x1234, 1)));
        assertThrows(IllegalArgumentException.class, () -> EchoMessages.request(true, 27, 1, 1));
    }

    @Test
    void onlyTheAnswerToThisRequestCounts() {
        byte[] reply = HexFormat.of().parseHex("45000000000000000000000000000000000000000000edca12340001");
        assertTrue(EchoMessages.isReply(true, reply, 0x1234, 1));
        assertFalse(EchoMessages.isReply(true, reply, 0x1234, 2));
        assertFalse(EchoMessages.isReply(true, reply, 0x1235, 1));
        assertFalse(EchoMessages.isReply(true, new byte[0], 0, 0));
        reply[20] = 3;
        assertFalse(EchoMessages.isReply(true, reply, 0x1234, 1));
        assertTrue(EchoMessages.isReply(false, HexFormat.of().parseHex("8100000012340001"), 0x1234, 1));
    }
}
