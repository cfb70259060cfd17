package runtime.store;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZIOException;
import org.tukaani.xz.XZInputStream;
import runtime.image.TarFormatException;

/**
 * Unpacks xz with our errors instead of the library's. A few bytes of an archive say how much
 * memory its decoder takes (xz-file-format §5.3.1), so both one decoder and all at once are
 * bounded: the agent's heap is small.
 */
final class XzStream extends InputStream {
    // The dictionary of `xz -8` is 32 MiB; the decoder takes about 100 KiB more.
    private static final int ONE_LIMIT_KIB = 33 << 10;
    private static final long ALL_LIMIT_BYTES = 40L << 20;
    private static final int INPUT_BYTES = 64 << 10;
    private static final AtomicLong HELD_BYTES = new AtomicLong();

    private final Arrays arrays = new Arrays();
    private final XZInputStream in;

    /** @param packed begins with the magic bytes */
    XzStream(InputStream packed) throws IOException {
        try {
            this.in = new XZInputStream(new BufferedInputStream(packed, INPUT_BYTES),
                    ONE_LIMIT_KIB, true, arrays);
        } catch (IOException e) {
            throw told(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return in.read(into, offset, length);
        } catch (IOException e) {
            throw told(e);
        } catch (AllHeldException e) {
            throw new ImageException(ImageException.Reason.LIMIT, "other archives packed with xz"
                    + " are being unpacked and hold the memory that is for it; try again when they"
                    + " are done, or give the archive unpacked: `xz -dc FILE | jctl …`");
        }
    }

    private static IOException told(IOException failure) {
        return switch (failure) {
            case MemoryLimitException limit -> new ImageException(ImageException.Reason.LIMIT,
                    "the archive's xz data needs " + limit.getMemoryNeeded() + " KiB of memory to"
                    + " unpack; at most " + ONE_LIMIT_KIB + " are given; pack it with `xz -8` or"
                    + " less, or give it unpacked: `xz -dc FILE | jctl …`");
            case UnsupportedOptionsException options -> new TarFormatException("the archive is"
                    + " packed with options of xz that are not read here ("
                    + options.getMessage() + "); give it unpacked: `xz -dc FILE | jctl …`");
            case XZIOException damaged -> new TarFormatException(
                    "the archive is damaged: its xz data is broken, " + damaged.getMessage());
            case EOFException _ -> new EOFException(
                    "the archive ends too early, in the middle of its xz data");
            default -> failure;
        };
    }

    @Override
    public void close() throws IOException {
        try {
            in.close();
        } finally {
            arrays.releaseAll();
        }
    }

    /** What all decoders may hold is held. The library's allocation can tell it in no other way. */
    private static final class AllHeldException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Gives the library its arrays and counts them, for one stream and for all. */
    private static final class Arrays extends ArrayCache {
        private long ownBytes;

        @Override
        public byte[] getByteArray(int size, boolean fillWithZeros) {
            if (HELD_BYTES.addAndGet(size) > ALL_LIMIT_BYTES) {
                HELD_BYTES.addAndGet(-size);
                throw new AllHeldException();
            }
            ownBytes += size;
            return new byte[size];
        }

        @Override
        public void putArray(byte[] array) {
            ownBytes -= array.length;
            HELD_BYTES.addAndGet(-array.length);
        }

        void releaseAll() {
            HELD_BYTES.addAndGet(-ownBytes);
            ownBytes = 0;
        }
    }
}
