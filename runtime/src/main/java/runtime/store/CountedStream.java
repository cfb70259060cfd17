package runtime.store;

import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes of a packed archive as they are read. */
final class CountedStream extends InputStream {
    private static final int STEP_BYTES = 1 << 20;

    private final InputStream in;
    private final LayerArchive.PackedProgress progress;
    private volatile long count;
    private long reported;

    CountedStream(InputStream in, LayerArchive.PackedProgress progress) {
        this.in = in;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int read = in.read(into, offset, length);
        long now = count + Math.max(0, read);
        count = now;
        if (now - reported >= STEP_BYTES) {
            reported = now;
            progress.report(now);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** May be asked by another thread. */
    long count() {
        return count;
    }
}
