package runtime.systemd;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * A connection to a message bus, for a few calls one after the other. The bus knows the caller by the
 * socket (D-Bus specification, authentication mechanisms, EXTERNAL). Used by one thread.
 */
public final class BusConnection implements AutoCloseable {
    private static final String BUS = "org.freedesktop.DBus";
    private static final int MAX_LINE_BYTES = 1024;
    /** Of a message that is read; what systemd says of a job has some hundred. */
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int SKIP_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final Path socket;
    private final Duration patience;
    /** Signals that came while an answer was waited for. */
    private final Queue<BusMessage> signals = new ArrayDeque<>();
    /** The unique name of whom signals are taken from. */
    private String heeded = "";
    private int serial;
    private volatile boolean late;

    private BusConnection(SocketChannel channel, Path socket, Duration patience) {
        this.channel = channel;
        this.socket = socket;
        this.patience = patience;
    }

    /**
     * Connects.
     *
     * @param patience after which the connection is given up, whatever is waited for
     * @throws IOException if nobody listens or lets us in
     */
    public static BusConnection open(Path socket, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        BusConnection connection = new BusConnection(channel, socket, patience);
        boolean done = false;
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            connection.watch();
            connection.authenticate();
            connection.call(BUS, "/org/freedesktop/DBus", BUS, "Hello", "", new BusWriter());
            done = true;
            return connection;
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    private void watch() {
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(patience);
                late = channel.isOpen();
                channel.close();
            } catch (InterruptedException | IOException over) {
                late = true;
            }
        });
    }

    private void authenticate() throws IOException {
        // Without a name: who we are says the socket, in the bus's own user namespace.
        send("\0AUTH EXTERNAL\r\n".getBytes(StandardCharsets.US_ASCII));
        String answer = line();
        if (answer.startsWith("DATA")) {
            send("DATA\r\n".getBytes(StandardCharsets.US_ASCII));
            answer = line();
        }
        if (!answer.startsWith("OK")) {
            throw new IOException(socket + ": the message bus does not let this user in ("
                    + answer.replaceAll("\\p{Cntrl}", "?") + ")");
        }
        send("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE_BYTES) {
            char character = (char) read(1)[0];
            if (character == '\n') {
                return line.toString().strip();
            }
            line.append(character);
        }
        throw new IOException(socket + ": no message bus: a line of more than " + MAX_LINE_BYTES
                + " bytes");
    }

    /**
     * Calls a method and waits for its answer.
     *
     * @throws BusException if the answer is an error
     */
    BusMessage call(String destination, String path, String interfaceName, String member,
            String signature, BusWriter body) throws IOException {
        int number = ++serial;
        Map<Integer, String> header = new HashMap<>(Map.of(BusMessage.PATH, path,
                BusMessage.INTERFACE, interfaceName, BusMessage.MEMBER, member,
                BusMessage.DESTINATION, destination));
        if (!signature.isEmpty()) {
            header.put(BusMessage.SIGNATURE, signature);
        }
        send(BusMessage.call(number, header, body.toBytes()).encode());
        while (true) {
            BusMessage message = receive(each -> answers(each, number) || isHeeded(each));
            switch (message.kind()) {
                case BusMessage.RETURN -> {
                    return message;
                }
                case BusMessage.ERROR -> throw new BusException(member,
                        message.field(BusMessage.ERROR_NAME),
                        message.texts().stream().findFirst().orElse("no reason given"));
                default -> signals.add(message);
            }
        }
    }

    private static boolean answers(BusMessage message, int number) {
        return (message.kind() == BusMessage.RETURN || message.kind() == BusMessage.ERROR)
                && message.field(BusMessage.REPLY_SERIAL).equals(Integer.toString(number));
    }

    /** The bus writes who sent a signal; anyone may send some to anyone. */
    private boolean isHeeded(BusMessage message) {
        return message.kind() == BusMessage.SIGNAL && message.field(BusMessage.SENDER).equals(heeded);
    }

    /** Has signals sent that a rule names (D-Bus specification, match rules), and heeds those of one sender. */
    void match(String sender, String rule) throws IOException {
        heeded = call(BUS, "/org/freedesktop/DBus", BUS, "GetNameOwner", "s", new BusWriter().text(sender))
                .texts().getFirst();
        call(BUS, "/org/freedesktop/DBus", BUS, "AddMatch", "s", new BusWriter().text(rule));
    }

    /** Waits for a signal, which may have come already. */
    BusMessage await(Predicate<BusMessage> wanted) throws IOException {
        Optional<BusMessage> known = signals.stream().filter(wanted).findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        while (true) {
            BusMessage message = receive(this::isHeeded);
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    /**
     * The next message that is wanted by its header; what lies between is passed over.
     *
     * @throws IOException if it is an answer too large to be read
     */
    private BusMessage receive(Predicate<BusMessage> wanted) throws IOException {
        while (true) {
            byte[] prefix = read(BusMessage.PREFIX_BYTES);
            long size = BusMessage.sizeBytes(prefix);
            long head = BusMessage.headBytes(prefix);
            if (head > MAX_MESSAGE_BYTES) {
                skip(size - prefix.length); // none of those that are waited for has such a header
                continue;
            }
            BusMessage message = BusMessage.decodeHead(followed(prefix, read((int) head - prefix.length)));
            if (size <= MAX_MESSAGE_BYTES && wanted.test(message)) {
                return message.withBody(read((int) (size - head)));
            }
            skip(size - head);
            if (message.kind() != BusMessage.SIGNAL && wanted.test(message)) {
                throw new IOException(socket + ": an answer of " + size + " bytes; at most "
                        + MAX_MESSAGE_BYTES + " are read");
            }
        }
    }

    private static byte[] followed(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private void skip(long count) throws IOException {
        for (long left = count; left > 0; left -= SKIP_BYTES) {
            read((int) Math.min(left, SKIP_BYTES));
        }
    }

    private byte[] read(int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException(socket + ": the message bus closed the connection");
                }
            }
        } catch (ClosedChannelException closed) {
            throw told(closed);
        }
        return buffer.array();
    }

    private void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (ClosedChannelException closed) {
            throw told(closed);
        }
    }

    private IOException told(ClosedChannelException closed) {
        return late || closed instanceof AsynchronousCloseException
                ? new IOException(socket + ": no answer within " + patience.toSeconds() + " s", closed)
                : closed;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
