package clusterd.dashboard;

import clusterd.board.PlainText;
import clusterd.board.ServerSentEvent;
import clusterd.control.TaskOutput;
import clusterd.explain.Why;
import clusterd.model.NodeId;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.state.ClusterState;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import runtime.container.Journal;

/**
 * Serves the dashboard to who has its token. No request changes anything.
 *
 * <pre>
 * GET /?token=T        gives the cookie          GET /events              the board: a snapshot, then deltas
 * GET / and files      the page                  GET /why?kind=K&amp;id=ID    sentences about a service, task or node
 * GET /session         204 with the cookie       GET /logs?name=N         lines of a service or task
 * </pre>
 */
public final class DashboardServer implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final int TOKEN_BYTES = 32;
    private static final int MOST_STREAMS = 24;
    private static final int RETRY_MILLIS = 1000;
    private static final int MOST_TAIL_LINES = 1000;
    /** What other tasks wrote a moment before the last line may come after it; the page drops what it has. */
    private static final long OVERLAP_NANOS = 2_000_000_000L;

    static {
        // The JDK's server reads these once: a silent client is cut off, and a small event is sent at once.
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.maxReqHeaders", "64");
        limit("jdk.httpserver.maxConnections", "64");
        limit("sun.net.httpserver.nodelay", "true");
    }

    private final Supplier<Situation> situation;
    private final HttpServer server;
    private final Admission admission;
    private final String token;
    private final BoardWatch watch;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore streams = new Semaphore(MOST_STREAMS);

    private DashboardServer(HttpServer server, Supplier<Situation> situation, SecureRandom random, Journal journal) {
        this.server = server;
        this.situation = situation;
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        this.token = HexFormat.of().formatHex(bytes);
        this.admission = new Admission(server.getAddress(), token);
        this.watch = new BoardWatch(situation, Integer.toHexString(random.nextInt()), journal);
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Serves from now on.
     *
     * @param address   to listen at; port 0 for any free one
     * @param situation asked again and again
     * @throws IOException if the address is taken
     */
    public static DashboardServer open(InetSocketAddress address, Supplier<Situation> situation, SecureRandom random, Journal journal) throws IOException {
        HttpServer http;
        try {
            http = HttpServer.create(address, BACKLOG);
        } catch (IOException taken) {
            throw new IOException("the dashboard cannot be served at " + Admission.printed(address) + ": "
                    + taken.getMessage() + "; choose another address", taken);
        }
        DashboardServer dashboard = new DashboardServer(http, situation, random, journal);
        http.createContext("/", dashboard::answer);
        http.setExecutor(dashboard.threads);
        http.start();
        return dashboard;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Leads there who is given it, with the token. */
    public String link() {
        return "http://" + Admission.printed(address()) + "/?token=" + token;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Optional<Admission.Refusal> refusal = admission.refusal(exchange.getRequestHeaders()::getFirst);
            String path = exchange.getRequestURI().getPath();
            String method = exchange.getRequestMethod();
            if (refusal.isPresent()) {
                Page.say(exchange, refusal.get().status(), refusal.get().why());
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                Page.say(exchange, 405, "the dashboard only shows: it answers GET");
            } else if (path.equals("/") && Query.of(exchange).has("token")) {
                enter(exchange);
            } else {
                show(exchange, path);
            }
        }
    }

    private void enter(HttpExchange exchange) throws IOException {
        if (admission.isToken(Query.of(exchange).get("token"))) {
            Page.enter(exchange, admission.cookie());
        } else {
            Page.say(exchange, 403, "this link is an old one: `jctl dashboard` prints the one that is good now");
        }
    }

    private void show(HttpExchange exchange, String path) throws IOException {
        Optional<Admission.Refusal> refusal = admission.refusalOfData(exchange.getRequestHeaders()::getFirst);
        if (refusal.isPresent()) {
            Page.say(exchange, refusal.get().status(), refusal.get().why());
            return;
        }
        switch (path) {
            case "/session" -> Page.send(exchange, 204, "text/plain", new byte[0]);
            case "/events" -> stream(exchange, this::events);
            case "/logs" -> stream(exchange, this::logs);
            case "/why" -> why(exchange);
            default -> {
                Optional<byte[]> file = Page.file(path);
                if (file.isPresent()) {
                    Page.send(exchange, 200, Page.type(path), file.get());
                } else {
                    Page.say(exchange, 404, "the dashboard has no " + PlainText.of(path));
                }
            }
        }
    }

    private interface Stream {
        void run(HttpExchange exchange, Listener listener) throws IOException;
    }

    private void stream(HttpExchange exchange, Stream stream) throws IOException {
        if (!streams.tryAcquire()) {
            Page.say(exchange, 503, "too many look at the dashboard of this node: close some pages");
            return;
        }
        try {
            stream.run(exchange, new Listener());
        } finally {
            streams.release();
        }
    }

    private static void begin(HttpExchange exchange) throws IOException {
        Page.describe(exchange.getResponseHeaders(), "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(ServerSentEvent.retry(RETRY_MILLIS));
        exchange.getResponseBody().flush();
    }

    private void events(HttpExchange exchange, Listener listener) throws IOException {
        begin(exchange);
        String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        watch.add(listener, last == null ? "" : last);
        try {
            listener.write(exchange.getResponseBody());
        } finally {
            watch.remove(listener);
        }
    }

    private void logs(HttpExchange exchange, Listener listener) throws IOException {
        if (!(situation.get() instanceof Situation.Managing manager)) {
            Page.say(exchange, 404, "this node knows of no tasks: look at a manager's dashboard");
            return;
        }
        Query query = Query.of(exchange);
        String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        long since = Query.number(last == null ? query.get("since") : last);
        TaskOutput.Wanted wanted = new TaskOutput.Wanted(query.get("name"), true,
                since > 0 ? -1 : Math.clamp(Query.number(query.get("tail")), 1, MOST_TAIL_LINES),
                Math.max(0, since - OVERLAP_NANOS));
        begin(exchange);
        TaskOutput.Reading reading = manager.output().read(wanted);
        Thread copying = Thread.ofVirtual().name("dashboard-logs")
                .start(() -> new LogStream(listener).copy(reading));
        try {
            listener.write(exchange.getResponseBody());
        } finally {
            copying.interrupt();
            reading.close();
        }
    }

    private void why(HttpExchange exchange) throws IOException {
        if (!(situation.get() instanceof Situation.Managing manager)) {
            Page.say(exchange, 404, "this node knows of no services: look at a manager's dashboard");
            return;
        }
        ClusterState state = manager.access().glance();
        Query query = Query.of(exchange);
        String id = query.get("id");
        Optional<String> text;
        try {
            text = switch (query.get("kind")) {
                case "service" -> state.service(new ServiceId(id)).map(each -> Why.of(each, state));
                case "task" -> state.task(new TaskId(id)).map(each -> Why.of(each, state));
                case "node" -> state.node(new NodeId(id)).map(each -> Why.of(each, state));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException noId) {
            text = Optional.empty();
        }
        Page.say(exchange, text.isPresent() ? 200 : 404, PlainText.of(text.orElse("it is no more")).stripTrailing());
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        watch.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
