package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Stops an archive that grows beyond the limits, and a thread that is told to stop. */
final class LimitedStream extends InputStream {
    private final InputStream in;
    private final CountedStream packed;
    private final UnpackLimits limits;
    private long count;

    LimitedStream(InputStream in, CountedStream packed, UnpackLimits limits) {
        this.in = in;
        this.packed = packed;
        this.limits = limits;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("unpacking was cancelled");
        }
        int read = in.read(into, offset, length);
        count += Math.max(0, read);
        if (count > limits.unpackedBytes()) {
            throw new ImageException(ImageException.Reason.LIMIT, "the archive unpacks to more"
                    + " than " + limits.unpackedBytes() + " bytes");
        }
        if (count > UnpackLimits.RATIO_FREE_BYTES
                && count / limits.ratio() > packed.count()) {
            throw new ImageException(ImageException.Reason.LIMIT, "the archive unpacks to more"
                    + " than " + limits.ratio() + " times its length; it looks like an attack");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** How many unpacked bytes were read. */
    long count() {
        return count;
    }
}
