package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import runtime.image.Digest;
import runtime.image.ImageFormatException;

/**
 * Content-addressed files, as in an OCI image layout (image-layout.md): {@code blobs/sha256/HEX}.
 * A blob appears by rename after its bytes were hashed and synced, so what is there is whole, also
 * after a crash. Unfinished ones lie in {@code partial/} and can be taken up again.
 *
 * <p>Safe for use by several threads. One process uses a folder at a time.
 */
public final class BlobStore {
    /** How long an unfinished download is kept for a later attempt. */
    public static final Duration PARTIAL_KEPT = Duration.ofDays(3);

    private static final String INCOMING_PREFIX = "incoming-";
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path blobsFolder;
    private final Path partialFolder;
    private final Set<Digest> writing = new HashSet<>();

    private BlobStore(Path imagesFolder) {
        this.blobsFolder = imagesFolder.resolve("blobs");
        this.partialFolder = imagesFolder.resolve("partial");
    }

    /** Opens the store in {@code imagesFolder}, making its folders, and drops old leftovers. */
    public static BlobStore open(Path imagesFolder) throws IOException {
        return open(imagesFolder, InstantSource.system());
    }

    /** As {@link #open(Path)}, with the clock that says which leftovers are old. */
    public static BlobStore open(Path imagesFolder, InstantSource clock) throws IOException {
        BlobStore store = new BlobStore(imagesFolder);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Files.createDirectories(store.folder(algorithm));
        }
        Files.createDirectories(store.partialFolder);
        store.dropLeftovers(clock.instant().minus(PARTIAL_KEPT));
        return store;
    }

    /** True if the blob is here, whole. */
    public boolean contains(Digest digest) {
        return Files.isRegularFile(path(digest), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where the blob is or would be. The file must not be changed. */
    public Path path(Digest digest) {
        return folder(digest.algorithm()).resolve(digest.hex());
    }

    /** @throws BlobException MISSING if there is no such blob */
    public InputStream open(Digest digest) throws IOException {
        try {
            return Files.newInputStream(path(digest));
        } catch (NoSuchFileException e) {
            throw missing(digest, e);
        }
    }

    /** @throws BlobException MISSING if there is no such blob */
    public long sizeBytes(Digest digest) throws IOException {
        try {
            return Files.size(path(digest));
        } catch (NoSuchFileException e) {
            throw missing(digest, e);
        }
    }

    /**
     * Reads a small blob whole and checks it against its digest, so that a disk fault or a foreign
     * hand is noticed.
     *
     * @throws BlobException MISSING, WRONG_LENGTH if longer than {@code limitBytes}, WRONG_DIGEST
     */
    public byte[] read(Digest digest, int limitBytes) throws IOException {
        long sizeBytes = sizeBytes(digest);
        if (sizeBytes > limitBytes) {
            throw new BlobException(BlobException.Reason.WRONG_LENGTH, "blob " + digest + " has "
                    + sizeBytes + " bytes; at most " + limitBytes + " are read at once");
        }
        byte[] content;
        try (InputStream in = open(digest)) {
            content = in.readNBytes(limitBytes);
        }
        if (!digest.matches(content)) {
            throw new BlobException(BlobException.Reason.WRONG_DIGEST, "blob " + path(digest)
                    + " was damaged on disk: its content is " + Digest.of(digest.algorithm(),
                    content) + "; remove the image and pull it again");
        }
        return content;
    }

    /**
     * Starts or takes up the writing of a blob whose digest and length are known. Waits while
     * another thread writes the same blob; ask {@link BlobWriter#exists} whether it finished it.
     */
    public BlobWriter writer(Digest expected, long expectedSizeBytes)
            throws IOException, InterruptedException {
        if (expectedSizeBytes < 0) {
            throw new IllegalArgumentException("negative size: " + expectedSizeBytes);
        }
        claim(expected);
        try {
            return BlobWriter.start(this, partial(expected), expected, expectedSizeBytes);
        } catch (IOException | RuntimeException | Error e) {
            release(expected);
            throw e;
        }
    }

    /**
     * Fails early where a download could not end well.
     *
     * @throws BlobException DISK_FULL if fewer than {@code bytes} are free
     */
    public void requireSpace(long bytes) throws IOException {
        long freeBytes = Files.getFileStore(blobsFolder).getUsableSpace();
        if (freeBytes < bytes) {
            throw new BlobException(BlobException.Reason.DISK_FULL, "the disk of " + blobsFolder
                    + " has " + (freeBytes >> 20) + " MiB free, " + (bytes >> 20)
                    + " MiB are needed; free some space, for example with `jctl image prune`");
        }
    }

    /** Stores everything {@code content} gives and returns its SHA-256 digest. */
    public Digest add(InputStream content) throws IOException {
        Path incoming = Files.createTempFile(partialFolder, INCOMING_PREFIX, "");
        try {
            MessageDigest hash = Digest.Algorithm.SHA256.newHash();
            try (FileChannel file = FileChannel.open(incoming, StandardOpenOption.WRITE)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int count; (count = content.read(buffer)) >= 0; ) {
                    hash.update(buffer, 0, count);
                    BlobWriter.writeFully(file, incoming, buffer, 0, count);
                }
                file.force(true);
            }
            Digest digest = Digest.Algorithm.SHA256.finish(hash);
            if (!contains(digest)) {
                publish(incoming, digest);
            }
            return digest;
        } finally {
            Files.deleteIfExists(incoming);
        }
    }

    /** Stores {@code content} and returns its SHA-256 digest. */
    public Digest add(byte[] content) throws IOException {
        Digest digest = Digest.of(content);
        return contains(digest) ? digest : add(new java.io.ByteArrayInputStream(content));
    }

    /** Removes a blob and any unfinished part of it; false if neither was there. */
    public boolean delete(Digest digest) throws IOException {
        synchronized (writing) {
            boolean deleted = Files.deleteIfExists(path(digest));
            if (!writing.contains(digest)) {
                deleted |= Files.deleteIfExists(partial(digest));
            }
            return deleted;
        }
    }

    /** The whole blobs, in the order of their digests. */
    public List<Digest> list() throws IOException {
        List<Digest> digests = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(algorithm))) {
                for (Path file : files) {
                    try {
                        digests.add(Digest.parse(algorithm.label() + ":" + file.getFileName()));
                    } catch (ImageFormatException notOurs) {
                        // A file of another tool; an image layout may hold such, we leave it be.
                        continue;
                    }
                }
            }
        }
        digests.sort(null);
        return List.copyOf(digests);
    }

    void publish(Path complete, Digest digest) throws IOException {
        try {
            Files.move(complete, path(digest), StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("cannot rename " + complete + " to " + path(digest)
                    + ": they must be on one file system", e);
        }
        sync(folder(digest.algorithm()));
    }

    void release(Digest digest) {
        synchronized (writing) {
            writing.remove(digest);
            writing.notifyAll();
        }
    }

    private void claim(Digest digest) throws InterruptedException {
        synchronized (writing) {
            while (!writing.add(digest)) {
                writing.wait();
            }
        }
    }

    private Path folder(Digest.Algorithm algorithm) {
        return blobsFolder.resolve(algorithm.label());
    }

    private Path partial(Digest digest) {
        return partialFolder.resolve(digest.algorithm().label() + "-" + digest.hex());
    }

    private void dropLeftovers(Instant oldest) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(partialFolder)) {
            for (Path file : files) {
                boolean resumable = !file.getFileName().toString().startsWith(INCOMING_PREFIX);
                Instant changed =
                        Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
                if (!resumable || changed.isBefore(oldest)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private BlobException missing(Digest digest, Throwable cause) {
        return new BlobException(BlobException.Reason.MISSING, "blob " + digest
                + " is not in " + blobsFolder + "; pull or load the image again", cause);
    }
}
