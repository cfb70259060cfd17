package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.MetricQuery;
import clusterd.session.MetricValue;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Of endpoints that answer as they should, and of those that do not. */
class MetricEndpointTest {
    private static final long GENEROUS_MILLIS = 20_000;
    private static final long SHORT_MILLIS = 200;
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";

    private interface Answer {
        void write(OutputStream out) throws IOException;
    }

    private static MetricValue ask(Answer answer, long limitMillis) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                    answer.write(socket.getOutputStream());
                } catch (IOException gone) {
                    // Who asked has had enough.
                    return;
                }
            });
            return new MetricEndpoint("127.0.0.1", server.getLocalPort(), "/metrics", limitMillis).read(List.of(
                    new MetricQuery(server.getLocalPort(), "/metrics", "up", new TreeMap<>(), false))).getFirst();
        }
    }

    private static Answer text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertProblem(String part, Answer answer, long limitMillis) throws IOException {
        MetricValue value = ask(answer, limitMillis);
        assertTrue(value.problem().contains(part), value.problem());
    }

    @Test
    void readsWhatIsThere() throws IOException {
        assertEquals(3.5, ask(text(HEAD + "# HELP up x\r\nup 3.5"), GENEROUS_MILLIS).value());
    }

    @Test
    void saysWhyThereIsNoAnswer() throws IOException {
        assertProblem("does not tell it", text(HEAD + "down 1\n"), GENEROUS_MILLIS);
        assertProblem("no number", text(HEAD + "up many\n"), GENEROUS_MILLIS);
        assertProblem("the answer is 404", text("HTTP/1.1 404 Not Found\r\n\r\nup 1\n"), GENEROUS_MILLIS);
        assertProblem("not HTTP", text("SSH-2.0-OpenSSH\r\n"), GENEROUS_MILLIS);
        assertProblem("not HTTP", out -> { }, GENEROUS_MILLIS);
    }

    @Test
    void readsNoMoreThanIsGoodForIt() throws IOException {
        byte[] much = "x 1\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        assertProblem("has more than", out -> {
            text(HEAD).write(out);
            while (true) {
                out.write(much);
            }
        }, GENEROUS_MILLIS);
        assertProblem("a line of the answer", out -> {
            text(HEAD).write(out);
            while (true) {
                out.write(new byte[10_000]);
            }
        }, GENEROUS_MILLIS);
        assertProblem("has more than", out -> {
            text("HTTP/1.1 200 OK\r\n").write(out);
            while (true) {
                out.write(much);
            }
        }, GENEROUS_MILLIS);
    }

    @Test
    void waitsNoLongerThanItShould() throws IOException {
        assertProblem("does not answer", out -> {
            text(HEAD).write(out);
            while (true) {
                text("up 1\n").write(out);
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }, SHORT_MILLIS);
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0)) {
            port = server.getLocalPort();
        }
        MetricValue value = new MetricEndpoint("127.0.0.1", port, "/", GENEROUS_MILLIS).read(List.of(
                new MetricQuery(port, "/", "up", new TreeMap<>(), false))).getFirst();
        assertTrue(value.problem().startsWith("http://127.0.0.1:" + port + "/: "), value.problem());
    }
}
