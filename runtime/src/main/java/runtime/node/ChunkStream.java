package runtime.node;

import api.node.Chunk;
import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Bytes as replies, waiting for the client. */
final class ChunkStream extends OutputStream {
    private static final int CHUNK_BYTES = 256 << 10;

    private final ReplyStream<Chunk> replies;

    private ChunkStream(ReplyStream<Chunk> replies) {
        this.replies = replies;
    }

    /** One that gathers small writes. */
    static OutputStream buffered(ReplyStream<Chunk> replies) {
        return new BufferedOutputStream(new ChunkStream(replies), CHUNK_BYTES);
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (int at = 0; at < length; at += CHUNK_BYTES) {
                boolean taken = replies.send(Chunk.newBuilder().setData(ByteString.copyFrom(
                        bytes, offset + at, Math.min(CHUNK_BYTES, length - at))).build());
                if (!taken) {
                    throw new IOException("the client has gone");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the client's wait was broken off");
        }
    }
}
