package runtime.store;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.ByteArrayInputStream;
import com.github.luben.zstd.ZstdIOException;
import runtime.image.TarFormatException;

/**
 * Finds out by its first bytes how an archive is packed and unpacks it. A layer is packed as images
 * have it (OCI image-spec layer.md); the archive that a user gives may be packed with xz as well.
 */
public final class Decompression {
    private static final int MAGIC_BYTES = 6;
    private static final int[] XZ = {0xFD, '7', 'z', 'X', 'Z', 0};

    private Decompression() {
    }

    /**
     * The tar of a layer: gzip (RFC 1952), zstd (RFC 8878) or plain.
     *
     * @throws TarFormatException for bzip2, xz and lz4, which images do not use
     */
    public static InputStream open(InputStream packed) throws IOException {
        byte[] magic = packed.readNBytes(MAGIC_BYTES);
        return open(magic, whole(magic, packed));
    }

    /** The tar of an archive of images: as {@link #open}, or xz, within {@code limits}. */
    static InputStream openGiven(InputStream packed, UnpackLimits limits) throws IOException {
        CountedStream counted = new CountedStream(packed, done -> { });
        byte[] magic = counted.readNBytes(MAGIC_BYTES);
        InputStream whole = whole(magic, counted);
        return new LimitedStream(
                isXz(magic) ? new XzStream(whole) : open(magic, whole), counted, limits);
    }

    /**
     * A given archive as a layer may be packed: what xz packed is unpacked within {@code limits},
     * anything else stays as it is.
     */
    static InputStream asLayer(InputStream packed, UnpackLimits limits) throws IOException {
        CountedStream counted = new CountedStream(packed, done -> { });
        byte[] magic = counted.readNBytes(MAGIC_BYTES);
        InputStream whole = whole(magic, counted);
        return isXz(magic) ? new LimitedStream(new XzStream(whole), counted, limits) : whole;
    }

    private static InputStream whole(byte[] magic, InputStream rest) {
        return new SequenceInputStream(new ByteArrayInputStream(magic), rest);
    }

    private static boolean isXz(byte[] magic) {
        return startsWith(magic, XZ);
    }

    private static InputStream open(byte[] magic, InputStream whole) throws IOException {
        if (startsWith(magic, 0x1F, 0x8B)) {
            return new GzipStream(whole);
        }
        boolean zstdSkippable = magic.length >= 4 && (magic[0] & 0xF0) == 0x50
                && startsWith(new byte[] {magic[1], magic[2], magic[3]}, 0x2A, 0x4D, 0x18);
        if (startsWith(magic, 0x28, 0xB5, 0x2F, 0xFD) || zstdSkippable) {
            return new ZstdStream(whole);
        }
        refuse(magic, "bzip2", 'B', 'Z', 'h');
        refuse(magic, "xz", XZ);
        refuse(magic, "lz4", 0x04, 0x22, 0x4D, 0x18);
        refuse(magic, "zip", 'P', 'K', 3, 4);
        return whole;
    }

    private static void refuse(byte[] magic, String format, int... wanted)
            throws TarFormatException {
        if (startsWith(magic, wanted)) {
            throw new TarFormatException("the archive is packed with " + format
                    + "; unpack it first, or pack it with gzip or zstd");
        }
    }

    private static boolean startsWith(byte[] magic, int... wanted) {
        if (magic.length < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if ((magic[i] & 0xFF) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    /** zstd with our errors instead of the library's. */
    private static final class ZstdStream extends InputStream {
        private final ZstdInputStreamNoFinalizer in;

        ZstdStream(InputStream packed) throws IOException {
            this.in = new ZstdInputStreamNoFinalizer(packed);
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
            } catch (ZstdIOException e) {
                if (String.valueOf(e.getMessage()).contains("Truncated")) {
                    throw new EOFException("the archive ends too early, in the middle of its"
                            + " zstd data");
                }
                throw new TarFormatException("the archive is damaged: its zstd data is broken, "
                        + e.getMessage());
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
