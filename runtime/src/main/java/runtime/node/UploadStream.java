package runtime.node;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The pieces a client uploads, as a stream for a reader that blocks; one piece at a time is kept. */
final class UploadStream extends InputStream {
    private final ServerCallStreamObserver<?> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private boolean ended;
    private boolean broken;

    UploadStream(ServerCallStreamObserver<?> call) {
        this.call = call;
    }

    /** The next piece; never blocks. */
    void take(ByteString next) {
        lock.lock();
        try {
            piece = next.asReadOnlyByteBuffer();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will come. */
    void end(boolean wholly) {
        lock.lock();
        try {
            ended = true;
            broken |= !wholly;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            boolean asked = false;
            while (!piece.hasRemaining()) {
                if (broken) {
                    throw new IOException("the client broke the upload off");
                }
                if (ended) {
                    return -1;
                }
                if (!asked) {
                    asked = true;
                    call.request(1);
                }
                changed.await();
            }
            int count = Math.min(length, piece.remaining());
            piece.get(into, offset, count);
            return count;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("upload");
        } finally {
            lock.unlock();
        }
    }
}
