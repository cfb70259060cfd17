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
        CountedStream counted = new CountedStream(packed, progress);
        MessageDigest hash = algorithm.newHash();
        boolean threads = packedBytes >= SMALL_BYTES;
        try (InputStream _ = counted;
                InputStream plain = threads
                        ? new ReadAhead(Decompression.open(counted), "layer-decompress")
                        : Decompression.open(counted);
                InputStream hashed = new DigestInputStream(plain, hash);
                InputStream ahead = threads ? new ReadAhead(hashed, "layer-hash") : hashed;
                LimitedStream limited = new LimitedStream(ahead, counted, limits)) {
            long entries = unpack(limited, root);
            drain(limited);
            return new Result(algorithm.finish(hash), limited.count(), entries);
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
}
