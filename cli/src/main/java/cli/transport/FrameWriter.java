package cli.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes HTTP/2 frames (RFC 9113 §4.1) through a buffer, so that one call's first frames leave in one
 * write. Safe for use by several threads; a frame is never torn.
 */
final class FrameWriter {
    private static final int HEADER_BYTES = 9;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);

    FrameWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Octets without a frame: the connection preface. Kept until a flush. */
    synchronized void raw(byte[] bytes) throws IOException {
        put(bytes, 0, bytes.length);
    }

    /** Adds a frame; kept until a flush, or until the buffer is full. */
    synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        frame(type, flags, stream, payload, 0, payload.length);
    }

    /** Adds a frame with a part of an array as payload. */
    synchronized void frame(
            int type, int flags, int stream, byte[] payload, int start, int length)
            throws IOException {
        if (buffer.remaining() < HEADER_BYTES) {
            flush();
        }
        buffer.putInt(length << 8 | type).put((byte) flags).putInt(stream);
        put(payload, start, length);
    }

    /** Adds a frame whose payload is one number, such as WINDOW_UPDATE. */
    synchronized void frame(int type, int stream, int number) throws IOException {
        frame(type, 0, stream, integer(number));
    }

    /** Sends what was added. */
    synchronized void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            buffer.clear();
        }
    }

    private void put(byte[] bytes, int start, int length) throws IOException {
        int at = start;
        int rest = length;
        while (rest > 0) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(rest, buffer.remaining());
            buffer.put(bytes, at, part);
            at += part;
            rest -= part;
        }
    }

    private static byte[] integer(int number) {
        return new byte[] {
            (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
        };
    }
}
