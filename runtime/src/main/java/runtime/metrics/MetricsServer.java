package runtime.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import runtime.container.Journal;

/**
 * Answers {@code GET /metrics}. There is no login: what may connect to its address may read it. A client
 * that is slow or silent is cut off, and more than a few at once are turned away.
 */
public final class MetricsServer implements AutoCloseable {
    private static final int MOST_AT_ONCE = 4;
    private static final int BACKLOG = 16;
    /** An answer that takes longer ends with its connection. The JDK's limit would be every server's in this process. */
    private static final int ANSWER_SECONDS = 30;
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; charset=utf-8";

    static {
        // The JDK's server reads these once; without them a silent client keeps its connection for ever.
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.maxReqHeaders", "64");
        limit("jdk.httpserver.maxConnections", "32");
    }

    private final MetricsSource source;
    private final Journal journal;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore answers = new Semaphore(MOST_AT_ONCE);

    private MetricsServer(MetricsSource source, Journal journal, HttpServer server) {
        this.source = source;
        this.journal = journal;
        this.server = server;
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Serves from now on.
     *
     * @param address {@code HOST:PORT}, {@code [::1]:PORT}; port 0 for any free one
     * @throws IOException if it is no address, or taken
     */
    public static MetricsServer open(String address, MetricsSource source, Journal journal)
            throws IOException {
        InetSocketAddress wanted = parse(address);
        HttpServer http;
        try {
            http = HttpServer.create(wanted, BACKLOG);
        } catch (IOException taken) {
            throw new IOException("metrics cannot be served at " + address + ": "
                    + taken.getMessage() + "; give --metrics-addr another address", taken);
        }
        MetricsServer server = new MetricsServer(source, journal, http);
        http.createContext("/", server::answer);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    private static InetSocketAddress parse(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            InetSocketAddress parsed = host.isEmpty() ? null
                    : new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
            if (parsed != null && !parsed.isUnresolved()) {
                return parsed;
            }
        } catch (IllegalArgumentException noPort) {
            throw new IOException(noAddress(address), noPort);
        }
        throw new IOException(noAddress(address));
    }

    private static String noAddress(String address) {
        return "metrics cannot be served at '" + address
                + "': give an address and a port, like 127.0.0.1:9323";
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Thread answering = Thread.currentThread();
        Thread limit = Thread.ofVirtual().name("metrics-limit").start(() -> {
            try {
                TimeUnit.SECONDS.sleep(ANSWER_SECONDS);
                answering.interrupt();
            } catch (InterruptedException answered) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            answerInTime(exchange);
        } finally {
            limit.interrupt();
        }
    }

    private void answerInTime(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                send(exchange, 404, TEXT, text("metrics are at " + PATH + "\n"));
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, TEXT, text("only GET is answered\n"));
            } else if (!answers.tryAcquire()) {
                send(exchange, 503, TEXT, text("too many requests at once\n"));
            } else {
                try {
                    measured(exchange);
                } finally {
                    answers.release();
                }
            }
        }
    }

    private void measured(HttpExchange exchange) throws IOException {
        byte[] body;
        try {
            body = source.text();
        } catch (IOException | RuntimeException failure) {
            journal.say("metrics cannot be measured: " + failure);
            send(exchange, 500, TEXT, text("metrics cannot be measured: "
                    + failure.getMessage() + "\n"));
            return;
        }
        send(exchange, 200, Exposition.CONTENT_TYPE, body);
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] text(String words) {
        return words.getBytes(StandardCharsets.UTF_8);
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
