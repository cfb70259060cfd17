package runtime.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import runtime.trace.Span;
import runtime.trace.TraceParent;
import runtime.trace.Tracer;
import runtime.trace.Tracer.Fate;

/** What arrives at a collector, and what does not matter if it is none. */
class OtlpTracerTest {
    private static final int SERVER = 2;
    private static final int INTERNAL = 1;
    private static final int ERROR = 2;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private FakeCollector collector;

    @BeforeEach
    void open() throws IOException {
        collector = new FakeCollector();
    }

    @AfterEach
    void close() {
        collector.close();
    }

    private Tracer tracer(String endpoint, String... variables) throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of("OTEL_BSP_SCHEDULE_DELAY", "1",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "2000", "OTEL_BSP_EXPORT_TIMEOUT", "2000"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return OtlpTracer.open(TraceSettings.of(Optional.of(endpoint), environment).orElseThrow(),
                "1.2", "box", warnings::add);
    }

    private static void await(Tracer tracer, Fate fate, long count) {
        while (tracer.counts().get(fate) < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aCallAndItsPartsArrive() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        try (Tracer tracer = tracer(collector.address(), "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment.name=lab", "OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret")) {
            Span call = tracer.call("jctl.node.v1.Node/Run",
                    new TraceParent("00-" + trace + "-b7ad6b7169203331-01", "vendor=1"));
            call.child("container.start").set("container.id", "c1").fail("no address left");
            call.set("rpc.grpc.status_code", 0).end();
            FakeCollector.Received part = collector.next();
            FakeCollector.Received whole = collector.next();
            assertEquals("jctl.node.v1.Node/Run", whole.name());
            assertEquals(SERVER, whole.kind());
            assertEquals(trace, whole.traceId());
            assertEquals("b7ad6b7169203331", whole.parentId(), "the client's span");
            assertEquals(Map.of("rpc.grpc.status_code", "0"), whole.attributes());
            assertEquals(INTERNAL, part.kind());
            assertEquals(trace, part.traceId());
            assertEquals(whole.spanId(), part.parentId());
            assertEquals(Map.of("container.id", "c1"), part.attributes());
            assertEquals(ERROR, part.status());
            assertEquals("no address left", part.why());
            assertTrue(part.nanos() >= 0 && whole.nanos() >= part.nanos());
            assertEquals("jctl", whole.resource().get("service.name"));
            assertEquals("1.2", whole.resource().get("service.version"));
            assertEquals("box", whole.resource().get("host.name"));
            assertEquals("lab", whole.resource().get("deployment.environment.name"));
            assertEquals("secret", whole.headers().get("X-key"));
            await(tracer, Fate.SENT, 2);
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatIsNobodysPartBeginsATrace() throws Exception {
        try (Tracer tracer = tracer(collector.address(), "OTEL_SERVICE_NAME", "edge-7")) {
            tracer.work("container.restart").end();
            tracer.call("call", new TraceParent("rubbish", "")).end();
            FakeCollector.Received first = collector.next();
            FakeCollector.Received second = collector.next();
            assertEquals("", first.parentId());
            assertEquals("", second.parentId(), "a malformed parent is none");
            assertEquals("edge-7", first.resource().get("service.name"));
        }
    }

    @Test
    void whatTheClientDoesNotSampleIsNotSent() throws Exception {
        try (Tracer tracer = tracer(collector.address())) {
            Span quiet = tracer.call("quiet", new TraceParent(
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", ""));
            quiet.child("part").end();
            quiet.end();
            tracer.work("loud").end();
            assertEquals("loud", collector.next().name());
        }
    }

    @Test
    void clientsTextIsCut() throws Exception {
        try (Tracer tracer = tracer(collector.address())) {
            tracer.work("work").set("container.name", "x".repeat(100_000)).end();
            assertEquals(1024, collector.next().attributes().get("container.name").length());
        }
    }

    @Test
    void atTheEndWhatWaitsIsSent() throws Exception {
        try (Tracer tracer = tracer(collector.address(), "OTEL_BSP_SCHEDULE_DELAY", "3600000")) {
            tracer.work("last").end();
        }
        assertEquals("last", collector.next().name());
    }

    @Test
    void nobodyListensAndThatIsSaidOnce() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String nowhere = "http://127.0.0.1:" + port;
        try (Tracer tracer = tracer(nowhere)) {
            for (int i = 1; i <= 2; i++) {
                tracer.work("work").end();
                await(tracer, Fate.FAILED, i);
            }
            assertEquals(0, tracer.counts().get(Fate.SENT));
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().startsWith("some traces are lost: " + nowhere),
                warnings.getFirst());
    }

    @Test
    void aRefusalIsFinalAndTheNextBatchIsTriedAgain() throws Exception {
        collector.answer(exchange -> {
            byte[] rubbish = "\u001b[2Jno\nsuch\tthing ".repeat(1000).getBytes();
            exchange.sendResponseHeaders(400, rubbish.length);
            exchange.getResponseBody().write(rubbish);
        });
        try (Tracer tracer = tracer(collector.address())) {
            tracer.work("lost").end();
            await(tracer, Fate.FAILED, 1);
            collector.answer(FakeCollector.Answer.GOOD);
            tracer.work("kept").end();
            assertEquals("kept", collector.next().name());
            await(tracer, Fate.SENT, 1);
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("400"), warnings.getFirst());
        assertTrue(warnings.getFirst().length() < 600, warnings.getFirst());
    }

    @Test
    void anAnswerWithoutEndIsNotReadToIt() throws Exception {
        collector.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 16];
            while (true) {
                exchange.getResponseBody().write(block);
            }
        });
        try (Tracer tracer = tracer(collector.address())) {
            tracer.work("work").end();
            await(tracer, Fate.FAILED, 1);
        }
        assertEquals(1, warnings.size(), warnings.toString());
    }

    @Test
    void oneThatNeverAnswersHoldsUpNobodyAndFewSpansWait() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        collector.answer(exchange -> {
            try {
                over.await();
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
        try (Tracer tracer = tracer(collector.address(), "OTEL_BSP_MAX_QUEUE_SIZE", "16",
                "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "600000", "OTEL_BSP_EXPORT_TIMEOUT", "600000")) {
            for (int i = 0; i < 100; i++) {
                tracer.work("work").end();
            }
            assertEquals(84, tracer.counts().get(Fate.DROPPED));
            assertEquals(1, warnings.size(), warnings.toString());
            over.countDown();
        }
    }

    @Test
    void settingsThatCannotBeFollowedAreRefused() {
        IOException refused = assertThrows(IOException.class, () -> tracer(collector.address(),
                "OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file"));
        assertTrue(refused.getMessage().contains("correct --otlp-endpoint or the variables"),
                refused.getMessage());
    }
}
