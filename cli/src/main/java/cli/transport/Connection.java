package cli.transport;

import static cli.transport.FrameType.*;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection to the node daemon: HTTP/2 with prior knowledge (RFC 9113 §3.3) over a Unix domain
 * socket, as much of it as gRPC needs. Safe for use by several threads.
 *
 * <p>One platform thread reads frames and hands them to their calls. It never waits for a caller:
 * what a caller does not take is held back by the stream's flow-control window.
 */
public final class Connection implements AutoCloseable {
    /** What each stream may send before it must be given more. */
    static final int STREAM_WINDOW_BYTES = 1 << 20;
    /** What all streams together may send. */
    static final int CONNECTION_WINDOW_BYTES = 16 << 20;
    private static final int HEADER_LIST_BYTES = 64 * 1024;
    private static final int INITIAL_WINDOW_BYTES = 65_535;
    /** RFC 9113 §6.5.2: "recommended that this value be no smaller than 100". */
    private static final int LEAST_PEER_CALLS = 100;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final String SELECTOR_PROVIDER = "java.nio.channels.spi.SelectorProvider";

    private final SocketChannel channel;
    final FrameWriter writer;
    private final FrameReader reader;
    private final HpackDecoder decoder = new HpackDecoder(HEADER_LIST_BYTES);

    // Guarded by this.
    private final Map<Integer, Call> calls = new HashMap<>();
    private int nextStream = 1;
    private long sendWindowBytes = INITIAL_WINDOW_BYTES;
    private int peerStreamWindowBytes = INITIAL_WINDOW_BYTES;
    private int peerFrameBytes = FrameReader.LIMIT_BYTES;
    /** How many calls at once the daemon takes; until it has said so, the least it should take. */
    private int peerCalls = LEAST_PEER_CALLS;
    private int uncreditedBytes;
    /** Why no call can go on; null while they can. */
    private IOException lost;
    /** Why no further call may begin, while those under way go on (RFC 9113 §6.8); null otherwise. */
    private IOException leaving;

    static {
        // The one the JDK uses on Linux. Not named, it is found by asking every jar on the class path
        // whether it has another: some 30 ms.
        if (System.getProperty(SELECTOR_PROVIDER) == null) {
            System.setProperty(SELECTOR_PROVIDER, "sun.nio.ch.EPollSelectorProvider");
        }
    }

    private Connection(SocketChannel channel) {
        this.channel = channel;
        this.writer = new FrameWriter(channel);
        this.reader = new FrameReader(channel);
    }

    /**
     * Connects. Nothing is sent before the first call.
     *
     * @param socket the daemon's socket
     * @throws IOException if nobody listens there, or the socket may not be opened
     */
    public static Connection open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Connection connection = new Connection(channel);
            connection.begin();
            return connection;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void begin() throws IOException {
        writer.raw(PREFACE);
        writer.frame(SETTINGS, 0, 0, new byte[] {
            0, SETTING_ENABLE_PUSH, 0, 0, 0, 0,
            0, SETTING_INITIAL_WINDOW_SIZE, 0, STREAM_WINDOW_BYTES >> 16, 0, 0,
            0, SETTING_MAX_HEADER_LIST_SIZE, 0, HEADER_LIST_BYTES >> 16, 0, 0,
        });
        writer.frame(WINDOW_UPDATE, 0, CONNECTION_WINDOW_BYTES - INITIAL_WINDOW_BYTES);
        Thread thread = new ReadingThread();
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens a call, waiting while the connection has as many as the daemon takes at once. Its headers leave
     * with its first message, or when its input is closed.
     *
     * @param path "/package.Service/Method"
     * @throws ConnectionLostException if the connection is gone
     */
    public Call call(String path) throws IOException {
        return call(path, TraceContext.NONE);
    }

    /**
     * As {@link #call(String)}.
     *
     * @param trace whose part the call is
     */
    public Call call(String path, TraceContext trace) throws IOException {
        byte[] headers = HpackEncoder.request(path, trace);
        synchronized (this) {
            requireUsable();
            // One more would be refused, and its message, of a stream unknown there, end the connection.
            while (calls.size() >= peerCalls) {
                await();
                requireUsable();
            }
            Call call = new Call(this, nextStream, peerStreamWindowBytes);
            // Inside the lock: streams must open in the order of their numbers (RFC 9113 §5.1.1).
            writer.frame(HEADERS, FLAG_END_HEADERS, nextStream, headers);
            calls.put(nextStream, call);
            nextStream += 2;
            return call;
        }
    }

    /** Ends every call; nothing is awaited. */
    @Override
    public void close() {
        lose(new ConnectionLostException("the connection was closed"));
    }

    // ---- for Call ----

    synchronized void requireOpen() throws IOException {
        if (lost != null) {
            throw new ConnectionLostException(lost.getMessage(), lost);
        }
    }

    private void requireUsable() throws IOException {
        requireOpen();
        if (leaving != null) {
            throw new ConnectionLostException(leaving.getMessage(), leaving);
        }
    }

    /** Waits until the call may send, and takes what it may send now: 1…wanted bytes; 0 if it ended. */
    synchronized int takeSendWindow(Call call, int wantedBytes) throws IOException {
        while (!call.ended()) {
            requireOpen();
            long window = Math.min(sendWindowBytes, call.sendWindowBytes);
            if (window > 0) {
                int bytes = (int) Math.min(Math.min(window, wantedBytes), peerFrameBytes);
                sendWindowBytes -= bytes;
                call.sendWindowBytes -= bytes;
                return bytes;
            }
            await();
        }
        return 0;
    }

    synchronized void forget(int stream) {
        calls.remove(stream);
        notifyAll();
    }

    void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for the daemon");
        }
    }

    // ---- the reading thread ----

    /** A class and not a lambda: a lambda's first use costs milliseconds at start-up. */
    private final class ReadingThread extends Thread {
        ReadingThread() {
            super("grpc-reader");
        }

        @Override
        public void run() {
            read();
        }
    }

    private void read() {
        try {
            while (true) {
                reader.next();
                handle();
            }
        } catch (IOException e) {
            lose(e instanceof ProtocolException || e instanceof ConnectionLostException ? e
                    : new ConnectionLostException("the daemon closed the connection", e));
        }
    }

    private void handle() throws IOException {
        int stream = reader.stream();
        switch (reader.type()) {
            case DATA -> data(stream);
            case HEADERS -> headers(stream);
            case RST_STREAM -> {
                int error = reader.integer(0, 4);
                end(stream, Status.ofReset(error), true);
            }
            case SETTINGS -> settings();
            case PUSH_PROMISE -> throw new ProtocolException("HTTP/2: a push nobody allowed");
            case PING -> ping();
            case GOAWAY -> goAway();
            case WINDOW_UPDATE -> windowUpdate(stream);
            case CONTINUATION -> throw new ProtocolException("HTTP/2: CONTINUATION out of place");
            default -> { }
        }
    }

    private void data(int stream) throws IOException {
        int frameBytes = reader.length();
        byte[] payload = reader.unpadded(0);
        Call call;
        int credit = 0;
        int connectionCredit = 0;
        synchronized (this) {
            call = calls.get(stream);
            uncreditedBytes += frameBytes;
            if (uncreditedBytes >= CONNECTION_WINDOW_BYTES / 4) {
                connectionCredit = uncreditedBytes;
                uncreditedBytes = 0;
            }
            if (call != null) {
                credit = call.receivedData(payload, frameBytes);
                notifyAll();
            }
        }
        boolean last = (reader.flags() & FLAG_END_STREAM) != 0;
        if (connectionCredit > 0) {
            writer.frame(WINDOW_UPDATE, 0, connectionCredit);
        }
        if (credit > 0 && !last) {
            writer.frame(WINDOW_UPDATE, stream, credit);
        }
        if (connectionCredit > 0 || credit > 0) {
            writer.flush();
        }
        if (last) {
            end(stream, Status.withoutTrailers(), false);
        }
    }

    private void headers(int stream) throws IOException {
        boolean last = (reader.flags() & FLAG_END_STREAM) != 0;
        List<Header> headers = decoder.decode(reader.headerBlock());
        Call call;
        synchronized (this) {
            call = calls.get(stream);
        }
        if (call == null) {
            return;
        }
        CallException refused = Status.ofHeaders(headers, last);
        if (last || refused != null) {
            end(stream, refused, false);
        }
    }

    /** Ends a call; one whose input is still open here is reset first, since the daemon counts it until then. */
    private void end(int stream, CallException failure, boolean isReset) throws IOException {
        Call call;
        synchronized (this) {
            call = calls.get(stream);
            if (call != null) {
                call.receivedEnd(failure);
                notifyAll();
            }
        }
        if (call == null) {
            return;
        }
        if (!isReset && call.takeOpenInput()) {
            writer.frame(RST_STREAM, stream, CANCEL);
            writer.flush();
        }
        forget(stream);
    }

    private void settings() throws IOException {
        if ((reader.flags() & FLAG_ACK) != 0) {
            return;
        }
        if (reader.length() % 6 != 0) {
            throw new ProtocolException("HTTP/2: SETTINGS of " + reader.length() + " bytes");
        }
        synchronized (this) {
            for (int at = 0; at < reader.length(); at += 6) {
                setting(reader.integer(at, 2), reader.integer(at + 2, 4));
            }
            notifyAll();
        }
        writer.frame(SETTINGS, FLAG_ACK, 0, new byte[0]);
        writer.flush();
    }

    private void setting(int name, int value) throws ProtocolException {
        if (name == SETTING_INITIAL_WINDOW_SIZE) {
            if (value < 0) {
                throw new ProtocolException("HTTP/2: a window above 2^31 - 1");
            }
            for (Call call : calls.values()) {
                call.sendWindowBytes += value - peerStreamWindowBytes;
            }
            peerStreamWindowBytes = value;
        } else if (name == SETTING_MAX_FRAME_SIZE) {
            if (value < FrameReader.LIMIT_BYTES || value > 0xffffff) {
                throw new ProtocolException("HTTP/2: a frame size of " + value);
            }
            peerFrameBytes = value;
        } else if (name == SETTING_MAX_CONCURRENT_STREAMS) {
            peerCalls = value < 0 ? Integer.MAX_VALUE : value; // unsigned
        }
    }

    private void ping() throws IOException {
        if ((reader.flags() & FLAG_ACK) == 0) {
            writer.frame(PING, FLAG_ACK, 0, reader.payload(8));
            writer.flush();
        }
    }

    private synchronized void goAway() throws IOException {
        int lastStream = reader.integer(0, 4) & Integer.MAX_VALUE;
        int error = reader.integer(4, 4);
        ConnectionLostException reason = new ConnectionLostException(
                error == NO_ERROR ? "the daemon is shutting down, or took the connection for unused"
                        : "the daemon ended the connection, HTTP/2 error " + error
                                + ": " + new String(reader.payload(reader.length()), 8,
                                        reader.length() - 8, StandardCharsets.UTF_8));
        for (Call call : calls.values()) {
            if (call.stream > lastStream) {
                call.receivedLoss(reason);
            }
        }
        if (error == NO_ERROR) {
            leaving = reason;
        } else {
            lost = reason;
        }
        notifyAll();
    }

    private synchronized void windowUpdate(int stream) throws IOException {
        int bytes = reader.integer(0, 4) & Integer.MAX_VALUE;
        Call call = calls.get(stream);
        if (stream == 0) {
            sendWindowBytes += bytes;
        } else if (call != null) {
            call.sendWindowBytes += bytes;
        }
        if (bytes == 0 || sendWindowBytes > Integer.MAX_VALUE) {
            throw new ProtocolException("HTTP/2: a window update of " + bytes);
        }
        notifyAll();
    }

    private void lose(IOException reason) {
        synchronized (this) {
            if (lost == null) {
                lost = leaving == null ? reason : leaving;
            }
            for (Call call : calls.values()) {
                call.receivedLoss(reason);
            }
            calls.clear();
            notifyAll();
        }
        try {
            channel.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
