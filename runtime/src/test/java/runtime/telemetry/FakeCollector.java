package runtime.telemetry;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** A collector on the loopback that takes OTLP's trace requests apart, or answers as a test says. */
final class FakeCollector implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Received> spans = new LinkedBlockingQueue<>();
    private volatile Answer answer = Answer.GOOD;

    /** How a request is answered. */
    interface Answer {
        Answer GOOD = exchange -> exchange.sendResponseHeaders(200, -1);

        void to(HttpExchange exchange) throws IOException;
    }

    /** A span as it came; identifiers in hexadecimal digits. */
    record Received(Map<String, String> resource, Map<String, String> headers, String traceId,
            String spanId, String parentId, String name, int kind, long nanos, int status,
            String why, Map<String, String> attributes) {}

    FakeCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void answer(Answer next) {
        answer = next;
    }

    Received next() throws InterruptedException {
        return spans.take();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Answer now = answer;
            if (now == Answer.GOOD) {
                Map<String, String> headers = new TreeMap<>();
                exchange.getRequestHeaders().forEach(
                        (name, values) -> headers.put(name, String.join(",", values)));
                spans.addAll(parse(body, headers));
            }
            now.to(exchange);
        }
    }

    /** The fields of a message by number: numbers, and bytes of what has a length. */
    private static Map<Integer, List<Object>> fields(byte[] message) throws IOException {
        Map<Integer, List<Object>> fields = new TreeMap<>();
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            Object value = switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_VARINT -> in.readInt64();
                case WireFormat.WIRETYPE_FIXED64 -> in.readFixed64();
                case WireFormat.WIRETYPE_FIXED32 -> (long) in.readFixed32();
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.readByteArray();
                default -> throw new IOException("tag " + tag);
            };
            fields.computeIfAbsent(WireFormat.getTagFieldNumber(tag), key -> new ArrayList<>())
                    .add(value);
        }
        return fields;
    }

    private static List<byte[]> messages(Map<Integer, List<Object>> fields, int number) {
        return fields.getOrDefault(number, List.of()).stream().map(each -> (byte[]) each).toList();
    }

    private static long number(Map<Integer, List<Object>> fields, int number) {
        return fields.containsKey(number) ? (Long) fields.get(number).getFirst() : 0;
    }

    private static String text(Map<Integer, List<Object>> fields, int number) {
        return fields.containsKey(number) ? new String((byte[]) fields.get(number).getFirst(),
                java.nio.charset.StandardCharsets.UTF_8) : "";
    }

    private static String hex(Map<Integer, List<Object>> fields, int number) {
        return fields.containsKey(number)
                ? HexFormat.of().formatHex((byte[]) fields.get(number).getFirst()) : "";
    }

    /** {@code opentelemetry/proto/collector/trace/v1/trace_service.proto}. */
    private static List<Received> parse(byte[] request, Map<String, String> headers)
            throws IOException {
        List<Received> received = new ArrayList<>();
        for (byte[] resourceSpans : messages(fields(request), 1)) {
            Map<Integer, List<Object>> of = fields(resourceSpans);
            Map<String, String> resource = of.containsKey(1)
                    ? attributes(fields((byte[]) of.get(1).getFirst()), 1) : Map.of();
            for (byte[] scopeSpans : messages(of, 2)) {
                for (byte[] span : messages(fields(scopeSpans), 2)) {
                    received.add(span(fields(span), resource, headers));
                }
            }
        }
        return received;
    }

    private static Received span(Map<Integer, List<Object>> span, Map<String, String> resource,
            Map<String, String> headers) throws IOException {
        Map<Integer, List<Object>> status = span.containsKey(15)
                ? fields((byte[]) span.get(15).getFirst()) : Map.of();
        return new Received(resource, headers, hex(span, 1), hex(span, 2), hex(span, 4),
                text(span, 5), (int) number(span, 6), number(span, 8) - number(span, 7),
                (int) number(status, 3), text(status, 2), attributes(span, 9));
    }

    private static Map<String, String> attributes(Map<Integer, List<Object>> of, int number)
            throws IOException {
        Map<String, String> attributes = new TreeMap<>();
        for (byte[] pair : messages(of, number)) {
            Map<Integer, List<Object>> fields = fields(pair);
            Map<Integer, List<Object>> value = fields((byte[]) fields.get(2).getFirst());
            attributes.put(text(fields, 1),
                    value.containsKey(1) ? text(value, 1) : Long.toString(number(value, 3)));
        }
        return attributes;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
