package clusterd.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.MetricQuery;
import clusterd.model.TaskId;
import clusterd.session.MetricValue;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricReadingsTest {
    private static final TaskId TASK = new TaskId("t1");

    private final AtomicLong requests = new AtomicLong(1_000);
    private final MetricReadings readings = new MetricReadings(60_000);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] text = ("requests_total " + requests.get() + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private MetricValue read(boolean rate) throws InterruptedException {
        MetricQuery query = new MetricQuery(server.getAddress().getPort(), "/metrics", "requests_total",
                new TreeMap<>(), rate);
        return readings.read(List.of(new MetricReadings.Asked(TASK, "127.0.0.1", List.of(query)))).get(TASK)
                .getFirst();
    }

    @Test
    void aRateTakesTwoAnswersAndIsNeverNegative() throws InterruptedException {
        assertEquals(1_000, read(false).value());
        assertFalse(read(true).isAnswer());
        requests.set(2_000);
        assertTrue(read(true).value() > 0, "it grew");
        assertEquals(0, read(true).value());
        requests.set(5);
        assertTrue(read(true).value() > 0, "it began anew, and counted 5 since");
    }

    @Test
    void aTaskWithoutAddressIsNotAsked() throws InterruptedException {
        MetricQuery query = new MetricQuery(80, "/metrics", "up", new TreeMap<>(), false);
        assertEquals("the task has no address", readings.read(List.of(
                new MetricReadings.Asked(TASK, "", List.of(query)))).get(TASK).getFirst().problem());
    }
}
