package overlaynet.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Other name servers, which are slow, of no use, or somebody else. */
class UpstreamTest {
    private static final String FIRST = "127.0.0.1";
    private static final String SECOND = "127.0.0.2";
    private static final int SOON_MILLIS = 20;
    private static final int LONG_MILLIS = 60_000;

    private static byte[] query() throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString("example.org."), Type.A, DClass.IN)).toWire();
    }

    private static FakeNameServer saying(String address, int port, int code) throws IOException {
        return new FakeNameServer(address, port, query -> List.of(FakeNameServer.response(query, code)));
    }

    private static Optional<Integer> code(Upstream upstream, FakeNameServer... servers) throws IOException {
        return upstream.ask(Arrays.stream(servers).map(FakeNameServer::address).toList(), query(), false)
                .map(WireQuestion::code);
    }

    /** One that asks the next soon, and waits for as long as it takes. */
    private static Upstream patient(FakeNameServer server) {
        return new Upstream(server.port(), SOON_MILLIS, LONG_MILLIS);
    }

    @Test
    void onlyTheAnswerToTheQuestionIsTaken() throws Exception {
        byte[] query = query();
        try (FakeNameServer server = new FakeNameServer(FIRST, 0, own -> {
            byte[] number = FakeNameServer.response(own, Rcode.NOERROR);
            number[0] ^= 1;
            byte[] question = FakeNameServer.response(own, Rcode.NOERROR);
            question[14] ^= 1;
            byte[] none = FakeNameServer.response(Arrays.copyOf(own, 12), Rcode.NOERROR);
            none[5] = 0;
            return List.of(number, question, none, own, new byte[3], FakeNameServer.response(own, Rcode.NXDOMAIN));
        })) {
            byte[] answer = new Upstream(server.port(), LONG_MILLIS, LONG_MILLIS)
                    .ask(List.of(server.address()), query, false).orElseThrow();
            assertArrayEquals(FakeNameServer.response(query, Rcode.NXDOMAIN), answer);
        }
    }

    @Test
    void onlyWhoWasAskedIsBelieved() throws Exception {
        try (FakeNameServer server = FakeNameServer.silent(FIRST, 0); DatagramSocket stranger = new DatagramSocket()) {
            CompletableFuture<Optional<Integer>> code = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    code.complete(code(new Upstream(server.port(), LONG_MILLIS, LONG_MILLIS), server));
                } catch (IOException failed) {
                    code.completeExceptionally(failed);
                }
            });
            DatagramPacket asked = server.asked.take();
            byte[] own = FakeNameServer.bytes(asked);
            byte[] forged = FakeNameServer.response(own, Rcode.NOERROR);
            stranger.send(new DatagramPacket(forged, forged.length, asked.getSocketAddress()));
            server.answer(asked, FakeNameServer.response(own, Rcode.NXDOMAIN));
            assertEquals(Optional.of(Rcode.NXDOMAIN), code.get());
        }
    }

    @Test
    void theNextIsAskedBesideOneThatIsSilent() throws Exception {
        try (FakeNameServer first = FakeNameServer.silent(FIRST, 0);
                FakeNameServer second = saying(SECOND, first.port(), Rcode.NOERROR)) {
            assertEquals(Optional.of(Rcode.NOERROR), code(patient(first), first, second));
        }
    }

    @Test
    void aSlowAnswerOfTheFirstIsStillTaken() throws Exception {
        try (FakeNameServer first = FakeNameServer.silent(FIRST, 0);
                FakeNameServer second = new FakeNameServer(SECOND, first.port(), query -> {
                    answerNow(first);
                    return List.of();
                })) {
            assertEquals(Optional.of(Rcode.NXDOMAIN), code(patient(first), first, second));
        }
    }

    private static void answerNow(FakeNameServer server) {
        try {
            DatagramPacket asked = server.asked.take();
            server.answer(asked, FakeNameServer.response(FakeNameServer.bytes(asked), Rcode.NXDOMAIN));
        } catch (IOException | InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void oneThatWillNotAnswerIsFollowedByTheNextAtOnce() throws Exception {
        Upstream upstream;
        try (FakeNameServer first = saying(FIRST, 0, Rcode.REFUSED);
                FakeNameServer second = saying(SECOND, first.port(), Rcode.NXDOMAIN)) {
            upstream = new Upstream(first.port(), LONG_MILLIS, LONG_MILLIS);
            assertEquals(Optional.of(Rcode.NXDOMAIN), code(upstream, first, second));
            assertEquals(Optional.of(Rcode.REFUSED), code(upstream, first, first));
        }
        List<InetAddress> closed = List.of(InetAddress.ofLiteral(FIRST), InetAddress.ofLiteral(SECOND));
        assertEquals(Optional.empty(), upstream.ask(closed, query(), false));
        assertEquals(Optional.empty(), upstream.ask(closed, query(), true));
    }

    @Test
    void whatIsLostIsAskedAgain() throws Exception {
        AtomicInteger times = new AtomicInteger();
        try (FakeNameServer server = new FakeNameServer(FIRST, 0, query -> times.incrementAndGet() == 1 ? List.of()
                : List.of(FakeNameServer.response(query, Rcode.NOERROR)))) {
            assertEquals(Optional.of(Rcode.NOERROR), code(patient(server), server));
        }
    }

    @Test
    void whoIsSilentIsGivenUp() throws Exception {
        try (FakeNameServer first = FakeNameServer.silent(FIRST, 0);
                FakeNameServer second = FakeNameServer.silent(SECOND, first.port())) {
            assertEquals(Optional.empty(),
                    code(new Upstream(first.port(), SOON_MILLIS, 5 * SOON_MILLIS), first, second));
        }
    }
}
