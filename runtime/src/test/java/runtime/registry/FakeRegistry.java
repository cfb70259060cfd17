package runtime.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;

/**
 * A registry on loopback that does as the test says, down to the bytes on the wire. Serves what was
 * put into it, with ranges; {@link #next} replaces one answer for a path by anything.
 */
final class FakeRegistry implements AutoCloseable {

    record Request(String method, String path, String query, Map<String, String> headers,
            byte[] body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    @FunctionalInterface
    interface Answer {
        void give(Request request, Wire wire) throws IOException;
    }

    /** One connection, to write well-formed answers or others. */
    record Wire(Socket socket, OutputStream out) {
        void reply(int status, Map<String, String> headers, byte[] body) throws IOException {
            head(status, headers, body.length);
            out.write(body);
            out.flush();
        }

        void head(int status, Map<String, String> headers, long lengthBytes) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            if (lengthBytes >= 0) {
                head.append("Content-Length: ").append(lengthBytes).append("\r\n");
            }
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void drop() throws IOException {
            socket.close();
        }
    }

    private record Content(String type, byte[] bytes) { }

    private final ServerSocket server;
    private final Map<String, Content> contents = new ConcurrentHashMap<>();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Answer always;
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger uploadNumber = new AtomicInteger();
    private final Deque<Integer> cuts = new ConcurrentLinkedDeque<>();
    private volatile boolean numbersUploads;

    FakeRegistry() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    String host() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    URI base() {
        return URI.create("http://" + host());
    }

    List<Request> requests() {
        return requests;
    }

    List<Request> requests(String pathEnd) {
        return requests.stream().filter(request -> request.path().endsWith(pathEnd)).toList();
    }

    void put(String path, String type, byte[] bytes) {
        contents.put(path, new Content(type, bytes));
    }

    void putImage(SampleImage image, String repository, String tag) {
        image.blobs().forEach((digest, bytes) ->
                put("/v2/" + repository + "/blobs/" + digest, "application/octet-stream", bytes));
        putManifest(image.manifest(), repository, tag);
    }

    Descriptor putManifest(ImageDocument document, String repository, String tag) {
        byte[] json = document.toJson();
        String type = document.mediaType().name();
        put("/v2/" + repository + "/manifests/" + tag, type, json);
        put("/v2/" + repository + "/manifests/" + Digest.of(json), type, json);
        return Descriptor.of(document.mediaType(), json);
    }

    /** What the next request for {@code path} gets. */
    void next(String path, Answer answer) {
        answers.computeIfAbsent(path, any -> new ArrayDeque<>()).add(answer);
    }

    /** What every request gets that has no answer of its own; may call {@link #serve}. */
    void always(Answer answer) {
        always = answer;
    }

    /** Each upload gets an address of its own from now on, {@code id1}, …, and takes chunks. */
    void numberUploads() {
        numbersUploads = true;
    }

    /** The next chunk is cut off, connection and all, when that much of it has come and is kept. */
    void cutNextChunkAfter(int bytes) {
        cuts.add(bytes);
    }

    byte[] content(String path) {
        return contents.get(path).bytes();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Wire wire = new Wire(socket, socket.getOutputStream());
            for (Request request; (request = read(in)) != null && !socket.isClosed(); ) {
                requests.add(request);
                if (request.body().length < length(request.headers())) {
                    uploads.get(request.path()).write(request.body());
                    wire.drop();
                    return;
                }
                answer(request).give(request, wire);
            }
        } catch (IOException | RuntimeException brokenOff) {
            connections.remove(socket);
        }
    }


    private synchronized Answer answer(Request request) {
        Deque<Answer> scripted = answers.get(request.path());
        if (scripted != null && !scripted.isEmpty()) {
            return scripted.poll();
        }
        return always == null ? this::serve : always;
    }

    void serve(Request request, Wire wire) throws IOException {
        if (request.path().equals("/v2/")) {
            wire.reply(200, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        switch (request.method()) {
            case "GET", "HEAD" -> serveContent(request, wire);
            case "POST" -> serveUploadStart(request, wire);
            case "PATCH" -> serveChunk(request, wire);
            case "PUT" -> serveUpload(request, wire);
            default -> wire.reply(405, Map.of(), new byte[0]);
        }
    }

    private void serveChunk(Request request, Wire wire) throws IOException {
        ByteArrayOutputStream upload = uploads.get(request.path());
        if (upload == null) {
            wire.reply(numbersUploads ? 404 : 405, Map.of(), new byte[0]);
            return;
        }
        boolean next = request.header("Content-Range").orElseThrow().equals(
                upload.size() + "-" + (upload.size() + request.body().length - 1));
        if (next) {
            upload.write(request.body());
        }
        wire.reply(next ? 202 : 416, state(request.path(), upload.size()), new byte[0]);
    }

    /** Where an upload goes on and what has come of it; nothing is "0-0", as Debian's says it. */
    static Map<String, String> state(String path, int sizeBytes) {
        return Map.of("Location", path + "?state=a%2Fb",
                "Range", "0-" + Math.max(0, sizeBytes - 1));
    }

    private void serveContent(Request request, Wire wire) throws IOException {
        ByteArrayOutputStream upload = uploads.get(request.path());
        if (upload != null) {
            wire.head(204, state(request.path(), upload.size()), -1);
            return;
        }
        Content content = contents.get(request.path());
        if (content == null) {
            wire.reply(404, Map.of("Content-Type", "application/json"), request.method()
                    .equals("HEAD") ? new byte[0] : ("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\","
                    + "\"message\":\"manifest unknown\"}]}").getBytes(StandardCharsets.UTF_8));
            return;
        }
        byte[] bytes = content.bytes();
        if (request.method().equals("HEAD")) {
            wire.head(200, Map.of("Content-Type", content.type()), bytes.length);
            return;
        }
        Optional<String> range = request.header("Range");
        if (range.isEmpty()) {
            wire.reply(200, Map.of("Content-Type", content.type()), bytes);
            return;
        }
        int from = Integer.parseInt(range.get().replaceAll("bytes=([0-9]+)-", "$1"));
        wire.reply(206, Map.of("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/"
                + bytes.length), Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private void serveUploadStart(Request request, Wire wire) throws IOException {
        if (request.query().startsWith("mount=")) {
            String digest = request.query().replaceAll("mount=(sha256)%3A([0-9a-f]+)&.*", "$1:$2");
            String source = request.query().replaceAll(".*from=", "").replace("%2F", "/");
            Content known = contents.get("/v2/" + source + "/blobs/" + digest);
            if (known != null) {
                contents.put(request.path().replace("uploads/", digest), known);
                wire.reply(201, Map.of(), new byte[0]);
                return;
            }
        }
        String id = numbersUploads ? "id" + uploadNumber.incrementAndGet() : "id";
        if (numbersUploads) {
            uploads.put(request.path() + id, new ByteArrayOutputStream());
        }
        wire.reply(202, Map.of("Location", request.path() + id + "?state=a%2Fb"), new byte[0]);
    }

    private void serveUpload(Request request, Wire wire) throws IOException {
        if (request.path().contains("/manifests/")) {
            String type = request.header("Content-Type").orElseThrow();
            contents.put(request.path(), new Content(type, request.body()));
            wire.reply(201, Map.of("Docker-Content-Digest",
                    Digest.of(request.body()).toString()), new byte[0]);
            return;
        }
        String digest = request.query().replaceAll(".*digest=(sha256)%3A", "$1:");
        ByteArrayOutputStream upload = new ByteArrayOutputStream();
        upload.write(Optional.ofNullable(uploads.remove(request.path()))
                .map(ByteArrayOutputStream::toByteArray).orElse(new byte[0]));
        upload.write(request.body());
        byte[] bytes = upload.toByteArray();
        if (!Digest.of(bytes).toString().equals(digest)
                || !request.query().startsWith("state=a%2Fb&")) {
            wire.reply(400, Map.of(), new byte[0]);
            return;
        }
        contents.put(request.path().replaceAll("uploads/id[0-9]*", digest),
                new Content("application/octet-stream", bytes));
        wire.reply(201, Map.of(), new byte[0]);
    }

    private static int length(Map<String, String> headers) {
        return Integer.parseInt(headers.getOrDefault("content-length", "0"));
    }

    private Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ");
        if (parts.length != 3) {
            throw new IOException("not HTTP: a client tried TLS");
        }
        Map<String, String> headers = new HashMap<>();
        for (String header; !(header = line(in)).isEmpty(); ) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        Integer cut = parts[0].equals("PATCH") ? cuts.poll() : null;
        byte[] body = in.readNBytes(cut == null ? length(headers) : cut);
        String[] target = parts[1].split("\\?", 2);
        return new Request(parts[0], target[0], target.length > 1 ? target[1] : "", headers, body);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c; (c = in.read()) != '\n'; ) {
            if (c < 0 || line.size() > 10_000) {
                return null;
            }
            if (c == 0x16 && line.size() == 0) {
                // A TLS hello: this port speaks plain HTTP only.
                throw new IOException("not HTTP");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
