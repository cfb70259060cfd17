package runtime.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Objects;
import runtime.image.Digest;

/**
 * Writes one blob: hashed on its way to disk, published by {@link #commit} once length and digest
 * are right. Closing without commit keeps the bytes, so that a later writer goes on after them.
 * For one thread at a time.
 */
public final class BlobWriter implements Closeable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final BlobStore store;
    private final Path partial;
    private final Digest expected;
    private final long expectedSizeBytes;
    private final boolean exists;
    private final FileChannel file;
    private MessageDigest hash;
    private long writtenBytes;
    private boolean closed;

    private BlobWriter(BlobStore store, Path partial, Digest expected, long expectedSizeBytes,
            FileChannel file) {
        this.store = store;
        this.partial = partial;
        this.expected = expected;
        this.expectedSizeBytes = expectedSizeBytes;
        this.file = file;
        this.exists = file == null;
        this.hash = expected.algorithm().newHash();
    }

    static BlobWriter start(BlobStore store, Path partial, Digest expected,
            long expectedSizeBytes) throws IOException {
        if (store.contains(expected)) {
            return new BlobWriter(store, partial, expected, expectedSizeBytes, null);
        }
        FileChannel file = FileChannel.open(partial, StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        BlobWriter writer = new BlobWriter(store, partial, expected, expectedSizeBytes, file);
        try {
            writer.takeUp();
            return writer;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** True if the blob was already in the store: nothing is to be written, commit does nothing. */
    public boolean exists() {
        return exists;
    }

    /** Bytes on disk and hashed so far, including those of an earlier interrupted attempt. */
    public long writtenBytes() {
        return writtenBytes;
    }

    public long expectedSizeBytes() {
        return expectedSizeBytes;
    }

    /**
     * Appends bytes.
     *
     * @throws BlobException WRONG_LENGTH if that makes more than the expected length, DISK_FULL;
     *         in both cases the partial file is gone
     */
    public void write(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        checkOpen();
        if (count > expectedSizeBytes - writtenBytes) {
            discard();
            throw new BlobException(BlobException.Reason.WRONG_LENGTH, "blob " + expected
                    + " should have " + expectedSizeBytes + " bytes, but more were sent");
        }
        try {
            writeFully(file, partial, bytes, offset, count);
        } catch (BlobException full) {
            discard();
            throw full;
        }
        hash.update(bytes, offset, count);
        writtenBytes += count;
    }

    /** Forgets what was written and starts with the first byte again. */
    public void restart() throws IOException {
        checkOpen();
        file.truncate(0);
        file.position(0);
        hash = expected.algorithm().newHash();
        writtenBytes = 0;
    }

    /**
     * Checks length and digest, syncs and publishes the blob, and closes this writer.
     *
     * @throws BlobException WRONG_LENGTH if bytes are missing (they are kept for a later attempt);
     *         WRONG_DIGEST, and then the bytes are gone
     */
    public void commit() throws IOException {
        if (exists) {
            close();
            return;
        }
        checkOpen();
        try (this) {
            if (writtenBytes != expectedSizeBytes) {
                throw new BlobException(BlobException.Reason.WRONG_LENGTH, "blob " + expected
                        + " should have " + expectedSizeBytes + " bytes, only " + writtenBytes
                        + " came");
            }
            Digest actual = expected.algorithm().finish(hash);
            if (!actual.equals(expected)) {
                Files.deleteIfExists(partial);
                throw new BlobException(BlobException.Reason.WRONG_DIGEST, "blob " + expected
                        + " was damaged or replaced on its way: what came is " + actual);
            }
            try {
                file.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(partial);
                throw storageError(partial, e);
            }
            store.publish(partial, expected);
        }
    }

    /** Closes this writer and removes what it wrote. */
    public void discard() throws IOException {
        try (this) {
            if (!exists && !closed) {
                Files.deleteIfExists(partial);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (file != null) {
                file.close();
            }
        } finally {
            store.release(expected);
        }
    }

    static void writeFully(FileChannel file, Path path, byte[] bytes, int offset, int count)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw storageError(path, e);
        }
    }

    // The JDK gives ENOSPC and EDQUOT as an IOException with the text of strerror(3) only.
    private static IOException storageError(Path path, IOException cause) throws IOException {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (!text.contains("no space left") && !text.contains("quota exceeded")) {
            return new IOException("cannot write " + path + ": " + cause.getMessage(), cause);
        }
        FileStore disk = Files.getFileStore(path.getParent());
        return new BlobException(BlobException.Reason.DISK_FULL, "the disk of " + path.getParent()
                + " (" + disk.name() + ", " + (disk.getTotalSpace() >> 20) + " MiB) is full;"
                + " free some space, for example with `jctl image prune`", cause);
    }

    // Bytes of an earlier attempt are only as good as the disk was: they are hashed anew.
    private void takeUp() throws IOException {
        long storedBytes = file.size();
        if (storedBytes > expectedSizeBytes) {
            file.truncate(0);
            return;
        }
        byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, storedBytes))];
        try (InputStream in = Files.newInputStream(partial)) {
            while (writtenBytes < storedBytes) {
                int count = in.read(buffer);
                if (count < 0) {
                    break;
                }
                hash.update(buffer, 0, count);
                writtenBytes += count;
            }
        }
        file.position(writtenBytes);
    }

    private void checkOpen() throws IOException {
        if (closed || exists) {
            throw new BlobException(BlobException.Reason.CLOSED, "blob " + expected
                    + (exists ? " is already stored" : " is no longer being written"));
        }
    }
}
