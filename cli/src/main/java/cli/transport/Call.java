package cli.transport;

import static cli.transport.FrameType.*;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One gRPC call: messages out, messages in, and a status at the end. Unary calls and streams are the
 * same thing here. One thread may send while another receives.
 */
public final class Call implements AutoCloseable {
    /** What gRPC takes at most unless told otherwise. */
    private static final int MAX_MESSAGE_BYTES = 4 << 20;
    /** The largest message accepted. */
    static final int MESSAGE_LIMIT_BYTES = 64 << 20;
    /** Above this much not yet received the daemon gets no more window. */
    private static final int QUEUE_LIMIT_BYTES = Connection.STREAM_WINDOW_BYTES / 2;
    private static final int PREFIX_BYTES = 5;

    final int stream;
    private final Connection connection;

    /** Set before the frame that closes it is written; nobody waits for it. */
    private final AtomicBoolean inputClosed = new AtomicBoolean();

    // Guarded by the connection.
    long sendWindowBytes;
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private int queuedBytes;
    private int uncreditedBytes;
    private byte[] partial = new byte[256];
    private int partialBytes;
    private boolean ended;
    private CallException failure;
    private IOException loss;

    Call(Connection connection, int stream, int sendWindowBytes) {
        this.connection = connection;
        this.stream = stream;
        this.sendWindowBytes = sendWindowBytes;
    }

    /**
     * Sends a message, waiting while the daemon is not ready for it.
     *
     * @return false if the call has ended and the message went nowhere: {@link #receive} tells why
     * @throws IOException if the connection is gone
     */
    public boolean send(byte[] message) throws IOException {
        return send(message, false);
    }

    /** Sends the last message: the message and the half-close leave together. */
    public boolean sendLast(byte[] message) throws IOException {
        return send(message, true);
    }

    /** Half-closes: no further message will be sent. */
    public synchronized void closeInput() throws IOException {
        if (!hasEnded() && takeOpenInput()) {
            connection.writer.frame(DATA, FLAG_END_STREAM, stream, new byte[0]);
            connection.writer.flush();
        }
    }

    /**
     * The next message, waiting for it.
     *
     * @return null after the last one, if the status is OK
     * @throws CallException if the status is another
     * @throws IOException   if the connection is lost
     */
    public byte[] receive() throws IOException, CallException {
        byte[] message;
        int credit;
        synchronized (connection) {
            while (messages.isEmpty() && !ended) {
                connection.await();
            }
            message = messages.poll();
            if (message == null) {
                return atEnd();
            }
            queuedBytes -= message.length;
            credit = ended ? 0 : credit();
        }
        if (credit > 0) {
            connection.writer.frame(WINDOW_UPDATE, stream, credit);
            connection.writer.flush();
        }
        return message;
    }

    /** Gives up the call if it has not ended. */
    @Override
    public void close() {
        if (!hasEnded()) {
            cancel();
        }
    }

    /** Whether the input was open until now; it is closed from now on. */
    boolean takeOpenInput() {
        return inputClosed.compareAndSet(false, true);
    }

    /** Gives up the call for a reason of ours, which {@link #receive} then throws. */
    public void fail(IOException reason) {
        synchronized (connection) {
            receivedLoss(reason);
            connection.notifyAll();
        }
        cancel();
    }

    private void cancel() {
        connection.forget(stream);
        try {
            connection.writer.frame(RST_STREAM, stream, CANCEL);
            connection.writer.flush();
        } catch (IOException e) {
            // The connection is gone, and the call with it, which is what was asked for.
            return;
        }
    }

    private synchronized boolean send(byte[] message, boolean last) throws IOException {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new IOException("this asks the daemon for something in " + message.length
                    + " bytes, and it takes " + MAX_MESSAGE_BYTES
                    + "; use fewer or shorter variables, labels or arguments");
        }
        byte[] framed = new byte[PREFIX_BYTES + message.length];
        framed[1] = (byte) (message.length >> 24);
        framed[2] = (byte) (message.length >> 16);
        framed[3] = (byte) (message.length >> 8);
        framed[4] = (byte) message.length;
        System.arraycopy(message, 0, framed, PREFIX_BYTES, message.length);
        int at = 0;
        while (at < framed.length) {
            int bytes = connection.takeSendWindow(this, framed.length - at);
            if (bytes == 0) {
                return false;
            }
            boolean end = last && at + bytes == framed.length;
            if (end) {
                inputClosed.set(true);
            }
            connection.writer.frame(
                    DATA, end ? FLAG_END_STREAM : 0, stream, framed, at, bytes);
            connection.writer.flush();
            at += bytes;
        }
        return true;
    }

    private byte[] atEnd() throws IOException, CallException {
        if (loss != null) {
            throw loss instanceof ProtocolException ? loss
                    : new ConnectionLostException(loss.getMessage(), loss);
        }
        if (failure != null) {
            throw failure;
        }
        if (partialBytes > 0) {
            throw new ProtocolException("gRPC: the last message is cut short");
        }
        return null;
    }

    private boolean hasEnded() {
        synchronized (connection) {
            return ended;
        }
    }

    // ---- for the connection, which holds its lock ----

    boolean ended() {
        return ended;
    }

    /** Takes octets of DATA; returns by how much to enlarge the daemon's window now. */
    int receivedData(byte[] bytes, int frameBytes) throws ProtocolException {
        uncreditedBytes += frameBytes;
        append(bytes);
        int at = 0;
        while (partialBytes - at >= PREFIX_BYTES) {
            int length = messageBytes(at);
            int next = at + PREFIX_BYTES + length;
            if (next > partialBytes) {
                break;
            }
            messages.add(Arrays.copyOfRange(partial, at + PREFIX_BYTES, next));
            queuedBytes += length;
            at = next;
        }
        partialBytes -= at;
        System.arraycopy(partial, at, partial, 0, partialBytes);
        return credit();
    }

    void receivedEnd(CallException reason) {
        if (!ended) {
            ended = true;
            failure = reason;
        }
    }

    void receivedLoss(IOException reason) {
        if (!ended) {
            ended = true;
            loss = reason;
        }
    }

    private void append(byte[] bytes) {
        if (partialBytes + bytes.length > partial.length) {
            partial = Arrays.copyOf(partial,
                    Math.max(partialBytes + bytes.length, 2 * partial.length));
        }
        System.arraycopy(bytes, 0, partial, partialBytes, bytes.length);
        partialBytes += bytes.length;
    }

    private int messageBytes(int at) throws ProtocolException {
        if (partial[at] != 0) {
            throw new ProtocolException("gRPC: a compressed message nobody asked for");
        }
        int length = (partial[at + 1] & 0xff) << 24 | (partial[at + 2] & 0xff) << 16
                | (partial[at + 3] & 0xff) << 8 | partial[at + 4] & 0xff;
        if (length < 0 || length > MESSAGE_LIMIT_BYTES) {
            throw new ProtocolException(
                    "gRPC: a message of " + Integer.toUnsignedString(length) + " bytes");
        }
        return length;
    }

    private int credit() {
        if (queuedBytes >= QUEUE_LIMIT_BYTES
                || uncreditedBytes < Connection.STREAM_WINDOW_BYTES / 4) {
            return 0;
        }
        int bytes = uncreditedBytes;
        uncreditedBytes = 0;
        return bytes;
    }
}
