package cli.transport;

import static cli.transport.FrameType.*;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** Reads HTTP/2 frames (RFC 9113 §4.1), one at a time. For one thread. */
final class FrameReader {
    /** The largest payload accepted: what holds unless SETTINGS say otherwise, and ours do not. */
    static final int LIMIT_BYTES = 16_384;
    private static final int HEADER_BYTES = 9;
    private static final int HEADER_BLOCK_LIMIT_BYTES = 128 * 1024;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(4 * LIMIT_BYTES).flip();
    private int type;
    private int flags;
    private int stream;
    private byte[] payload;

    FrameReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * Reads the next frame.
     *
     * @throws EOFException      if the other end closed
     * @throws ProtocolException if the frame is too large
     */
    void next() throws IOException {
        fill(HEADER_BYTES);
        int length = (buffer.getShort() & 0xffff) << 8 | buffer.get() & 0xff;
        type = buffer.get() & 0xff;
        flags = buffer.get() & 0xff;
        stream = buffer.getInt() & Integer.MAX_VALUE;
        if (length > LIMIT_BYTES) {
            throw new ProtocolException("HTTP/2: a frame of " + length + " bytes");
        }
        fill(length);
        payload = new byte[length];
        buffer.get(payload);
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    int stream() {
        return stream;
    }

    int length() {
        return payload.length;
    }

    /** The payload, which must be of that size. */
    byte[] payload(int bytes) throws ProtocolException {
        if (payload.length != bytes) {
            throw new ProtocolException(
                    "HTTP/2: frame type " + type + " of " + payload.length + " bytes");
        }
        return payload;
    }

    /** A number of so many octets in the payload. */
    int integer(int at, int octets) throws ProtocolException {
        if (at + octets > payload.length) {
            throw new ProtocolException("HTTP/2: frame type " + type + " is cut short");
        }
        int number = 0;
        for (int i = at; i < at + octets; i++) {
            number = number << 8 | payload[i] & 0xff;
        }
        return number;
    }

    /** The payload without padding, and without so many octets after the pad length. */
    byte[] unpadded(int skip) throws ProtocolException {
        if ((flags & FLAG_PADDED) == 0 && skip == 0) {
            return payload;
        }
        int start = skip;
        int end = payload.length;
        if ((flags & FLAG_PADDED) != 0) {
            start++;
            end -= integer(0, 1);
        }
        if (start > end) {
            throw new ProtocolException("HTTP/2: more padding than payload");
        }
        return Arrays.copyOfRange(payload, start, end);
    }

    /** The header block that starts in this HEADERS frame, with its CONTINUATION frames. */
    byte[] headerBlock() throws IOException {
        byte[] first = unpadded((flags & FLAG_PRIORITY) != 0 ? 5 : 0);
        if ((flags & FLAG_END_HEADERS) != 0) {
            return first;
        }
        int headerStream = stream;
        int headerFlags = flags;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(first);
        while ((flags & FLAG_END_HEADERS) == 0) {
            next();
            if (type != CONTINUATION || stream != headerStream) {
                throw new ProtocolException("HTTP/2: a header block is interrupted");
            }
            block.writeBytes(payload);
            if (block.size() > HEADER_BLOCK_LIMIT_BYTES) {
                throw new ProtocolException("HTTP/2: an endless header block");
            }
        }
        flags = headerFlags;
        return block.toByteArray();
    }

    private void fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        buffer.compact();
        while (buffer.position() < bytes) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("end of stream");
            }
        }
        buffer.flip();
    }
}
