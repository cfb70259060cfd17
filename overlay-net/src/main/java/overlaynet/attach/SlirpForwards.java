package overlaynet.attach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What slirp4netns forwards into a network namespace, asked for and taken back over its socket (slirp4netns(1),
 * "API socket"): a connection for each request, JSON both ways.
 */
final class SlirpForwards {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BUFFER_BYTES = 8192;

    private final Path socket;
    private final Duration patience;
    /** Asked for without an answer, so that they may be forwarded though nobody has them. */
    private final Set<Forward> doubtful = new HashSet<>();

    SlirpForwards(Path socket) {
        this(socket, PATIENCE);
    }

    /** @param patience how long an answer may take */
    SlirpForwards(Path socket, Duration patience) {
        this.socket = socket;
        this.patience = patience;
    }

    /**
     * A port that is forwarded, to the same port inside.
     *
     * @param protocol    {@code tcp} or {@code udp}
     * @param hostAddress an IPv4 address of the host, {@code 0.0.0.0} for all
     * @param port        of the host, and inside
     */
    record Forward(String protocol, String hostAddress, int port) {}

    /**
     * Forwards a port from now on.
     *
     * @return its id; empty if slirp4netns may not listen there, whose reason it does not tell
     * @throws IOException if it does not answer; should it have forwarded the port, that is taken back, now or,
     *                     if it stays silent, before the next one
     */
    Optional<Integer> add(Forward forward) throws IOException {
        takeBackDoubtful();
        SocketChannel channel = connect();
        doubtful.add(forward);
        try {
            Optional<Integer> id = added(ask(channel, "add_hostfwd", Map.of("proto", forward.protocol(),
                    "host_addr", forward.hostAddress(), "host_port", forward.port(),
                    "guest_port", forward.port())));
            doubtful.remove(forward);
            return id;
        } catch (IOException failed) {
            try {
                takeBackDoubtful();
            } catch (IOException silent) {
                failed.addSuppressed(silent);
            }
            throw failed;
        }
    }

    private Optional<Integer> added(JsonNode answer) throws IOException {
        JsonNode id = answer.path("return").path("id");
        if (id.isInt()) {
            return Optional.of(id.asInt());
        }
        if (answer.path("error").path("desc").asText().endsWith("slirp_add_hostfwd failed")) {
            return Optional.empty();
        }
        throw unexpected("add_hostfwd", answer);
    }

    /** It does one request after the other: what its list does not have by now will not come. */
    private void takeBackDoubtful() throws IOException {
        if (doubtful.isEmpty()) {
            return;
        }
        Map<Forward, Integer> all = list();
        for (Forward forward : List.copyOf(doubtful)) {
            if (all.containsKey(forward)) {
                remove(all.get(forward));
            }
            doubtful.remove(forward);
        }
    }

    /** All that is forwarded to the same port inside, with ids. */
    Map<Forward, Integer> list() throws IOException {
        JsonNode answer = ask(connect(), "list_hostfwd", Map.of());
        // Before 1.2 or so, `entries` is said outside of `return`.
        JsonNode entries = answer.has("entries") ? answer.path("entries")
                : answer.path("return").path("entries");
        if (!entries.isArray()) {
            throw unexpected("list_hostfwd", answer);
        }
        Map<Forward, Integer> all = new LinkedHashMap<>();
        for (JsonNode entry : entries) {
            all.put(new Forward(entry.path("proto").asText(), entry.path("host_addr").asText(),
                    entry.path("host_port").asInt()), entry.path("id").asInt());
        }
        return all;
    }

    /** Forwards a port no longer; connections that stand go on. */
    void remove(int id) throws IOException {
        SocketChannel channel;
        try {
            channel = connect();
        } catch (IOException ended) {
            return; // and its ports with it
        }
        JsonNode answer = ask(channel, "remove_hostfwd", Map.of("id", id));
        if (!answer.has("return")) {
            throw unexpected("remove_hostfwd " + id, answer);
        }
    }

    private IOException unexpected(String request, JsonNode answer) {
        return new IOException("slirp4netns at " + socket + " refused " + request + ": "
                + answer.path("error").path("desc").asText(answer.toString()));
    }

    private SocketChannel connect() throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException refused) {
            throw silent(refused);
        }
    }

    private JsonNode ask(SocketChannel opened, String request, Map<String, Object> arguments)
            throws IOException {
        byte[] question = JSON.writeValueAsBytes(Map.of("execute", request, "arguments", arguments));
        try (SocketChannel channel = opened) {
            // It reads once and takes that for the whole request.
            channel.write(ByteBuffer.wrap(question));
            channel.shutdownOutput();
            return JSON.readTree(answer(channel));
        } catch (JsonProcessingException unreadable) {
            throw new IOException("slirp4netns at " + socket + " answered " + request + " with no JSON: "
                    + unreadable.getOriginalMessage(), unreadable);
        } catch (IOException failed) {
            throw silent(failed);
        }
    }

    private IOException silent(IOException failed) {
        return new IOException("slirp4netns, which forwards this user's ports, does not answer at " + socket
                + " (" + failed.getMessage() + "): end the agent and start it again", failed);
    }

    private byte[] answer(SocketChannel channel) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long end = System.nanoTime() + patience.toNanos();
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            while (true) {
                int count = channel.read(buffer);
                if (count < 0) {
                    return bytes.toByteArray();
                }
                bytes.write(buffer.array(), 0, count);
                buffer.clear();
                long leftMillis = (end - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new IOException("no answer for " + patience.toSeconds() + " s");
                }
                if (count == 0) {
                    selector.select(leftMillis);
                    selector.selectedKeys().clear();
                }
            }
        }
    }
}
