package overlaynet.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Answers as slirp4netns 1.2 does, and forwards nothing. */
final class FakeSlirp implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<Integer, JsonNode> forwards = new LinkedHashMap<>();
    private final Set<Integer> refused = new HashSet<>();
    private Optional<String> always = Optional.empty();
    private int next = 1;
    /** Requests that are done and not answered. */
    private int unanswered;
    private final List<SocketChannel> waiting = new ArrayList<>();

    FakeSlirp(Path socket) throws IOException {
        this.socket = socket;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("slirp").start(this::serve);
    }

    private void serve() {
        while (true) {
            try {
                serve(server.accept());
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        // One read is the whole request.
        ByteBuffer request = ByteBuffer.allocate(4096);
        client.read(request);
        String text = new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
        String answer = answer(JSON.readTree(text));
        if (isSilent(client)) {
            return;
        }
        try (client) {
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private synchronized boolean isSilent(SocketChannel client) {
        if (unanswered == 0) {
            return false;
        }
        unanswered--;
        return waiting.add(client);
    }

    private synchronized String answer(JsonNode request) {
        JsonNode arguments = request.path("arguments");
        if (always.isPresent()) {
            return always.get();
        }
        switch (request.path("execute").asText()) {
            case "add_hostfwd" -> {
                if (refused.contains(arguments.path("host_port").asInt())) {
                    return "{\"error\":{\"desc\":\"bad request: add_hostfwd: slirp_add_hostfwd failed\"}}";
                }
                forwards.put(next, arguments);
                return "{\"return\":{\"id\":" + next++ + "}}";
            }
            case "list_hostfwd" -> {
                return "{\"entries\":" + forwards.entrySet().stream().map(each ->
                        "{\"id\":" + each.getKey() + "," + each.getValue().toString().substring(1))
                        .collect(Collectors.joining(",", "[", "]")) + "}";
            }
            case "remove_hostfwd" -> {
                return forwards.remove(arguments.path("id").asInt()) == null
                        ? "{\"error\":{\"desc\":\"bad request: remove_hostfwd: bad arguments.id\"}}"
                        : "{\"return\":{}}";
            }
            default -> {
                return "{\"error\":{\"desc\":\"bad request: unknown execute\"}}";
            }
        }
    }

    /** What is forwarded, as {@code PROTOCOL ADDRESS PORT -> PORT}. */
    synchronized List<String> forwards() {
        List<String> all = new ArrayList<>();
        forwards.values().forEach(each -> all.add(each.path("proto").asText() + " "
                + each.path("host_addr").asText() + " " + each.path("host_port").asInt() + " -> "
                + each.path("guest_port").asInt()));
        return all;
    }

    /** Refuses to listen on a port from now on. */
    synchronized void refuse(int port) {
        refused.add(port);
    }

    /** Says the same to whatever is asked from now on. */
    synchronized void answers(String text) {
        always = Optional.of(text);
    }

    /** Does what the next requests want and answers none of them. */
    synchronized void staysSilent(int requests) {
        unanswered = requests;
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (SocketChannel client : waiting) {
            client.close();
        }
        Files.deleteIfExists(socket);
    }
}
