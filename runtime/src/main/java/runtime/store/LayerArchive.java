package runtime.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import linux.abi.FileFlags;
import linux.syscall.Files;
import runtime.image.Digest;
import runtime.image.TarFormatException;

/** Unpacks one layer's blob into a folder and checks it against its digest on the way. */
final class LayerArchive {
    /** Packed bytes below which threads cost more than they save. */
    private static final int SMALL_BYTES = 256 << 10;
    private static final int SINK_BYTES = 64 << 10;
    private static final int ROOT_MODE = 0755;

    private final UnpackLimits limits;

    LayerArchive(UnpackLimits limits) {
        this.limits = limits;
    }

    /** What came out of an archive. */
    record Result(Digest diffId, long unpackedBytes, long entries) {
    }

    /** Told how many bytes of the packed archive are done. */
    interface PackedProgress {
        void report(long doneBytes);
    }

    /**
     * Unpacks into {@code root}, an existing empty folder.
     *
     * @param packed      the archive, closed by this
     * @param packedBytes its length, or {@link Long#MAX_VALUE} if unknown
     * @param algorithm   to hash the uncompressed archive with
     * @throws ImageException MALFORMED, LIMIT, DISK_FULL, HOST; the caller removes what is there
     */
    Result unpack(InputStream packed, long packedBytes, Digest.Algorithm algorithm, Path root,
            PackedProgress progress) throws IOException {
        Counting counted = new Counting(packed, progress);
        MessageDigest hash = algorithm.newHash();
        boolean threads = packedBytes >= SMALL_BYTES;
        try (InputStream _ = counted;
                InputStream plain = threads
                        ? new ReadAhead(Decompression.open(counted), "layer-decompress")
                        : Decompression.open(counted);
                InputStream hashed = new DigestInputStream(plain, hash);
                InputStream ahead = threads ? new ReadAhead(hashed, "layer-hash") : hashed;
                Limited limited = new Limited(ahead, counted, limits)) {
            long entries = unpack(limited, root);
            drain(limited);
            return new Result(algorithm.finish(hash), limited.count, entries);
        } catch (TarFormatException | EOFException e) {
            throw new ImageException(ImageException.Reason.MALFORMED, e.getMessage(), e);
        }
    }

    private long unpack(InputStream plain, Path root) throws IOException {
        int descriptor = Files.openat(FileFlags.AT_FDCWD, Files.name(root.toString()),
                FileFlags.O_RDONLY | Files.O_DIRECTORY | Files.O_NOFOLLOW, 0);
        try (LayerUnpacker unpacker = new LayerUnpacker(descriptor, limits)) {
            Files.fchmod(descriptor, ROOT_MODE);
            unpacker.unpack(new TarReader(plain));
            return unpacker.entries();
        } finally {
            Files.close(descriptor);
        }
    }

    /** Takes what follows the end mark, since the digest is that of everything. */
    private static void drain(InputStream in) throws IOException {
        byte[] sink = new byte[SINK_BYTES];
        int count;
        do {
            count = in.read(sink, 0, sink.length);
        } while (count >= 0);
    }

    private static final class Counting extends InputStream {
        private static final int STEP_BYTES = 1 << 20;

        private final InputStream in;
        private final PackedProgress progress;
        private volatile long count;
        private long reported;

        Counting(InputStream in, PackedProgress progress) {
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
    }

    /** Stops an archive that grows beyond the limits, and a thread that is told to stop. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private final Counting packed;
        private final UnpackLimits limits;
        private long count;

        Limited(InputStream in, Counting packed, UnpackLimits limits) {
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
                    && count / limits.ratio() > packed.count) {
                throw new ImageException(ImageException.Reason.LIMIT, "the archive unpacks to more"
                        + " than " + limits.ratio() + " times its length; it looks like an attack");
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
