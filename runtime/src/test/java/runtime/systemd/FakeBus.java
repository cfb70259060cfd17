package runtime.systemd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A message bus for one connection, with a service manager that does what a test says. */
final class FakeBus implements AutoCloseable {
    /** The service manager's own name. */
    static final String MANAGER = ":1.1";
    /** What it answers a call with that makes a job. */
    static final String JOB = "/org/freedesktop/systemd1/job/1";

    /** What happens when a method is called. */
    interface Happening {
        void happen(FakeBus bus, BusMessage call) throws IOException;
    }

    private final ServerSocketChannel server;
    private final Map<String, Happening> happenings = new HashMap<>();
    private final List<String> called = Collections.synchronizedList(new ArrayList<>());
    private SocketChannel client;

    FakeBus(Path socket) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket));
        on("Hello", (bus, call) -> bus.answer(call, "s", ":1.7"));
        on("GetNameOwner", (bus, call) -> bus.answer(call, "s", MANAGER));
        on("AddMatch", (bus, call) -> bus.answer(call, ""));
        on("Subscribe", (bus, call) -> bus.answer(call, ""));
        Happening job = (bus, call) -> {
            bus.answer(call, "o", JOB);
            bus.jobRemoved(MANAGER, "done");
        };
        on("StartTransientUnit", job);
        on("StopUnit", job);
    }

    /** Says what happens at a call from now on; to be said before {@link #start}. */
    void on(String member, Happening happening) {
        happenings.put(member, happening);
    }

    void start() {
        Thread.ofPlatform().daemon().name("bus").start(this::serve);
    }

    /** The methods that were called. */
    List<String> called() {
        return List.copyOf(called);
    }

    private void serve() {
        try {
            client = server.accept();
            awaitLine("AUTH EXTERNAL");
            write("DATA\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitLine("DATA");
            write("OK 0123456789abcdef\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitLine("BEGIN");
            while (true) {
                BusMessage call = receive();
                called.add(call.field(BusMessage.MEMBER));
                happenings.get(call.field(BusMessage.MEMBER)).happen(this, call);
            }
        } catch (IOException closed) {
            disconnect();
        }
    }

    private void awaitLine(String end) throws IOException {
        StringBuilder line = new StringBuilder();
        while (!line.toString().endsWith(end + "\r\n")) {
            line.append((char) read(1)[0]);
        }
    }

    private BusMessage receive() throws IOException {
        byte[] prefix = read(BusMessage.PREFIX_BYTES);
        int head = (int) BusMessage.headBytes(prefix);
        byte[] whole = Arrays.copyOf(prefix, head);
        System.arraycopy(read(head - prefix.length), 0, whole, prefix.length, head - prefix.length);
        read((int) BusMessage.sizeBytes(prefix) - head);
        return BusMessage.decodeHead(whole);
    }

    private byte[] read(int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (client.read(buffer) < 0) {
                throw new IOException("the client has gone");
            }
        }
        return buffer.array();
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            client.write(buffer);
        }
    }

    /** Answers a call with texts. */
    void answer(BusMessage call, String signature, String... texts) throws IOException {
        send(BusMessage.RETURN, Map.of(BusMessage.REPLY_SERIAL, Integer.toString(call.serial()),
                BusMessage.SENDER, MANAGER), signature, texts);
    }

    /** Answers a call with an error. */
    void refuse(BusMessage call, String name, String reason) throws IOException {
        send(BusMessage.ERROR, Map.of(BusMessage.REPLY_SERIAL, Integer.toString(call.serial()),
                BusMessage.ERROR_NAME, name, BusMessage.SENDER, "org.freedesktop.DBus"), "s", reason);
    }

    /** Tells that the job has ended, as whoever it is that sends this. */
    void jobRemoved(String sender, String result) throws IOException {
        Map<Integer, String> header = signal(sender);
        header.put(BusMessage.SIGNATURE, "uoss");
        write(new BusMessage(BusMessage.SIGNAL, 1, header, new BusWriter().u32(1).text(JOB)
                .text("u.scope").text(result).toBytes(), ByteOrder.LITTLE_ENDIAN).encode());
    }

    /** A signal with one text. */
    void signal(String sender, String text) throws IOException {
        send(BusMessage.SIGNAL, signal(sender), "s", text);
    }

    private static Map<Integer, String> signal(String sender) {
        return new HashMap<>(Map.of(BusMessage.PATH, "/org/freedesktop/systemd1", BusMessage.INTERFACE,
                "org.freedesktop.systemd1.Manager", BusMessage.MEMBER, "JobRemoved", BusMessage.SENDER,
                sender));
    }

    private void send(int kind, Map<Integer, String> header, String signature, String... texts)
            throws IOException {
        Map<Integer, String> all = new HashMap<>(header);
        BusWriter body = new BusWriter();
        if (!signature.isEmpty()) {
            all.put(BusMessage.SIGNATURE, signature);
            for (String text : texts) {
                body.text(text);
            }
        }
        write(new BusMessage(kind, 1, all, body.toBytes(), ByteOrder.LITTLE_ENDIAN).encode());
    }

    /** The bus itself is gone. */
    void disconnect() {
        try {
            client.close();
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        if (client != null) {
            client.close();
        }
    }
}
