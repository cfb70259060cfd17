package runtime.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import runtime.image.ImageFormatException;

/**
 * Sends requests for one pull or push and closes all connections with it, so that an idle daemon
 * keeps none. Follows redirects itself: the authorization stays with the host it was meant for.
 */
final class Transport implements AutoCloseable {
    private static final String USER_AGENT = "jctl/0.1.0";
    private static final int REDIRECT_LIMIT = 5;
    // A registry that has the whole of an upload may need a while to put it in its place.
    private static final int STALLS_AFTER_SENDING = 10;

    private static final String BUFFER_PROPERTY = "jdk.httpclient.bufsize";

    static {
        // The JDK's 16 KiB cost a third more processor time on a large layer. Read once, when the
        // first client is made.
        if (System.getProperty(BUFFER_PROPERTY) == null) {
            System.setProperty(BUFFER_PROPERTY, Integer.toString(64 << 10));
        }
    }

    private final RegistrySettings settings;
    private final Endpoint endpoint;
    private final Authorities authorities;
    private final Failures failures;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, HttpClient> clients = new HashMap<>();

    Transport(RegistrySettings settings, Endpoint endpoint, Authorities authorities,
            Failures failures) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.authorities = authorities;
        this.failures = failures;
    }

    /**
     * Sends a request and follows redirects.
     *
     * @param authorization a header for the host of the query, and for no other
     * @throws HttpTimeoutException if nothing moves for the time of patience
     */
    Reply send(Query query, Optional<String> authorization)
            throws IOException, InterruptedException, RegistryException {
        URI uri = query.uri();
        Optional<String> shown = authorization;
        for (int hop = 0; hop <= REDIRECT_LIMIT; hop++) {
            Reply reply = sendOne(query, uri, shown);
            Optional<String> location = redirect(query, reply);
            if (location.isEmpty()) {
                return reply;
            }
            reply.close();
            URI next = target(uri, location.get());
            if (!origin(next).equals(origin(uri))) {
                shown = Optional.empty();
            }
            uri = next;
        }
        throw invalid(query.uri(), "redirects more than " + REDIRECT_LIMIT + " times");
    }

    /** Where a server points to, checked: never from TLS to plain HTTP, never to a file. */
    URI target(URI from, String location) throws RegistryException {
        URI next;
        try {
            next = from.resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw invalid(from, "points to " + ImageFormatException.shown(location)
                    + ", which is not an address");
        }
        String scheme = String.valueOf(next.getScheme());
        boolean plain = scheme.equalsIgnoreCase("http");
        if (!plain && !scheme.equalsIgnoreCase("https") || next.getHost() == null
                || next.getRawUserInfo() != null) {
            throw invalid(from, "points to " + ImageFormatException.shown(location)
                    + ", which is not an http address");
        }
        if (plain && from.getScheme().equalsIgnoreCase("https")
                && !Endpoint.isRelaxed(next.getRawAuthority(), settings)) {
            throw invalid(from, "points from https to plain http at " + next.getRawAuthority()
                    + ", which is not safe");
        }
        return next;
    }

    @Override
    public void close() {
        synchronized (clients) {
            clients.values().forEach(HttpClient::shutdownNow);
            clients.clear();
        }
        threads.shutdownNow();
    }

    static String origin(URI uri) {
        return (uri.getScheme() + "://" + uri.getRawAuthority()).toLowerCase(java.util.Locale.ROOT);
    }

    private Reply sendOne(Query query, URI uri, Optional<String> authorization)
            throws IOException, InterruptedException, RegistryException {
        Duration stall = settings.patience().stall();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(query.method(), query.body().get())
                .header("User-Agent", USER_AGENT);
        query.headers().forEach(request::header);
        authorization.ifPresent(value -> request.header("Authorization", value));
        CompletableFuture<HttpResponse<ResponseStream>> future = client(uri).sendAsync(
                request.build(), head -> new ResponseStream(stall));
        HttpResponse<ResponseStream> response = await(future, query.sentBytes());
        return new Reply(response.statusCode(), response.headers(), uri, response.body());
    }

    private <T> T await(CompletableFuture<T> future, LongSupplier sentBytes)
            throws IOException, InterruptedException {
        long stallMillis = settings.patience().stall().toMillis();
        long seenBytes = 0;
        int stalls = 0;
        try {
            while (true) {
                try {
                    return future.get(stallMillis, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    long nowBytes = sentBytes.getAsLong();
                    stalls = nowBytes > seenBytes ? 0 : stalls + 1;
                    if (stalls >= (nowBytes > 0 ? STALLS_AFTER_SENDING : 1)) {
                        throw new HttpTimeoutException(
                                "no answer came for " + stalls * stallMillis + " ms");
                    }
                    seenBytes = nowBytes;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } finally {
            future.cancel(true);
        }
    }

    private HttpClient client(URI uri) throws IOException, RegistryException {
        String host = uri.getRawAuthority();
        boolean plain = uri.getScheme().equalsIgnoreCase("http");
        // Plain HTTP needs no authorities: the time to load them is saved.
        boolean any = plain
                || host.equals(endpoint.host()) && endpoint.trust() == Endpoint.Trust.ANY;
        synchronized (clients) {
            String key = plain ? "plain" : any ? "any"
                    : authorities.hasOwn(host) ? host : "system";
            HttpClient client = clients.get(key);
            if (client == null) {
                client = newClient(uri, any);
                clients.put(key, client);
            }
            return client;
        }
    }

    private HttpClient newClient(URI uri, boolean any) throws IOException, RegistryException {
        String host = uri.getRawAuthority();
        HttpClient.Builder builder = HttpClient.newBuilder()
                // Several connections carry parallel layers better than streams of one.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.patience().connect())
                .executor(threads)
                .proxy(settings.proxy().orElse(HttpClient.Builder.NO_PROXY));
        SSLContext context = any ? authorities.trustingAnyone(host) : authorities.verifying(host);
        return builder.sslContext(context).build();
    }

    private static Optional<String> redirect(Query query, Reply reply) {
        boolean follow = switch (reply.status()) {
            case 301, 302, 303 -> query.isReading();
            case 307, 308 -> true;
            default -> false;
        };
        return follow ? reply.header("Location") : Optional.empty();
    }

    private RegistryException invalid(URI from, String problem) {
        return failures.failure(RegistryException.Reason.INVALID,
                from.getRawAuthority() + " " + problem);
    }
}
