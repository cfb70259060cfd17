package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import linux.abi.Errno;
import linux.abi.FileFlags;
import linux.syscall.SystemCallException;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;

/**
 * Unpacked layers, {@code layers/<first 16 hex digits of the chain id>/fs}, each made once and shared.
 * A layer appears by rename when it is whole and its digest was checked.
 *
 * <p>Its files are not synced before that, which would take longer than unpacking: the kernel has
 * them, and a thread syncs them afterwards and then leaves the mark {@code synced}. A layer without the
 * mark that was unpacked under another kernel (there was a power failure) is dropped and unpacked again
 * when it is needed; its blob was synced.
 */
final class LayerStore implements AutoCloseable {
    private static final int NAME_HEX_DIGITS = 16;
    private static final String TEMPORARY_PREFIX = ".unpacking-";
    private static final String FILES = "fs";
    private static final String SYNCED = "synced";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** The chain ids of images by image id, a digest for each layer: worked out once. */
    private final Map<Digest, List<Digest>> chains = new ConcurrentHashMap<>();
    /** Whose record was read and found right: a layer never changes, it can only go. */
    private final Set<Digest> checked = ConcurrentHashMap.newKeySet();
    private final Path folder;
    private final LayerArchive archive;
    private final String bootId;
    private final FolderLock inUse;
    private final Map<Digest, ReentrantLock> unpacking = new ConcurrentHashMap<>();
    private final ExecutorService syncing = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("layer-sync").factory());

    private LayerStore(Path folder, UnpackLimits limits, FolderLock inUse) throws IOException {
        this.folder = folder;
        this.archive = new LayerArchive(limits);
        this.bootId = Files.readString(BOOT_ID).strip();
        this.inUse = inUse;
    }

    /** Opens the store; removes what a crash left, if no other process works here. */
    static LayerStore open(Path folder, UnpackLimits limits) throws IOException {
        Files.createDirectories(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path lockFile = folder.resolve(".lock");
        Optional<FolderLock> alone = FolderLock.tryExclusive(lockFile);
        if (alone.isPresent()) {
            try (FolderLock _ = alone.get()) {
                removeTemporaries(folder);
            }
        }
        LayerStore store = new LayerStore(folder, limits, FolderLock.shared(lockFile));
        store.settleUnsynced();
        return store;
    }

    private static void removeTemporaries(Path folder) throws IOException {
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(folder, TEMPORARY_PREFIX + "*")) {
            for (Path temporary : left) {
                TreeRemoval.remove(temporary);
            }
        }
    }

    private void settleUnsynced() throws IOException {
        boolean unsynced = false;
        for (Path layer : layerFolders()) {
            if (Files.exists(layer.resolve(SYNCED))) {
                continue;
            }
            Optional<LayerRecord> record = LayerRecord.read(layer);
            if (record.isPresent() && record.get().bootId().equals(bootId)) {
                unsynced = true;
            } else {
                discard(layer);
            }
        }
        if (unsynced) {
            syncing.execute(this::sync);
        }
    }

    private List<Path> layerFolders() throws IOException {
        List<Path> layers = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder,
                path -> path.getFileName().toString().matches("[0-9a-f]{16}"))) {
            all.forEach(layers::add);
        }
        return layers;
    }

    /** Where the files of a layer are or would be. */
    Path path(Digest chainId) {
        return layerFolder(chainId).resolve(FILES);
    }

    private Path layerFolder(Digest chainId) {
        return folder.resolve(chainId.hex().substring(0, NAME_HEX_DIGITS));
    }

    /** Whether the layer is here, whole. */
    boolean contains(Digest chainId) throws IOException {
        Path layer = layerFolder(chainId);
        if (!Files.exists(layer)) {
            checked.remove(chainId);
            return false;
        }
        if (checked.contains(chainId)) {
            return true;
        }
        LayerRecord record = LayerRecord.read(layer).orElseThrow(() -> new ImageException(
                ImageException.Reason.HOST, layer + " is damaged: its layer.json cannot be read;"
                + " remove the folder and try again"));
        if (!record.chainId().equals(chainId)) {
            throw new ImageException(ImageException.Reason.HOST, "layers " + chainId + " and "
                    + record.chainId() + " would share the folder " + layer
                    + "; remove the image that has the latter");
        }
        checked.add(chainId);
        return true;
    }

    /** Unpacks the layers of an image that are not here yet, several at once. */
    RootFilesystem prepare(StoredImage image, BlobStore blobs, Progress progress)
            throws IOException {
        ImageConfig config = image.config();
        List<Digest> chainIds = chains.computeIfAbsent(image.id(), id -> config.chainIds());
        List<Path> topFirst = new ArrayList<>();
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < chainIds.size(); i++) {
            topFirst.addFirst(path(chainIds.get(i)));
            if (!contains(chainIds.get(i))) {
                missing.add(i);
            }
        }
        int threads = Math.min(missing.size(), Runtime.getRuntime().availableProcessors());
        if (threads == 1) {
            for (int i : missing) {
                unpack(image, i, blobs, progress);
            }
        } else if (threads > 1) {
            unpackAll(image, missing, threads, blobs, progress);
        }
        return new RootFilesystem(topFirst, config);
    }

    private void unpackAll(StoredImage image, List<Integer> missing, int threads, BlobStore blobs,
            Progress progress) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().daemon().name("layer-unpack-", 0).factory());
        List<Future<?>> layers = new ArrayList<>();
        try {
            for (int i : missing) {
                layers.add(workers.submit(() -> {
                    unpack(image, i, blobs, progress);
                    return null;
                }));
            }
            for (Future<?> layer : layers) {
                await(layer);
            }
        } finally {
            // After a failure the others stop at their next read and clean up.
            workers.shutdownNow();
            workers.close();
        }
    }

    private static void await(Future<?> layer) throws IOException {
        try {
            layer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("unpacking was cancelled");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ImageException image ->
                        throw new ImageException(image.reason(), image.getMessage(), image);
                case IOException io -> throw io;
                case RuntimeException programming -> throw programming;
                default -> throw new IOException("unpacking failed", e.getCause());
            }
        }
    }

    private void unpack(StoredImage image, int index, BlobStore blobs, Progress progress)
            throws IOException {
        Digest chainId = image.config().chainIds().get(index);
        Descriptor blob = image.manifest().layers().get(index);
        ReentrantLock lock = unpacking.computeIfAbsent(chainId, key -> new ReentrantLock());
        lock.lock();
        try {
            if (!contains(chainId)) {
                unpackAlone(chainId, image.config().diffIds().get(index), blob, blobs, progress);
            }
            progress.report(blob.digest(), Progress.Phase.DONE, blob.sizeBytes(),
                    blob.sizeBytes());
        } catch (ImageException e) {
            throw new ImageException(e.reason(), "layer " + (index + 1) + " of "
                    + image.manifest().layers().size() + " (" + blob.digest() + "): "
                    + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private void unpackAlone(Digest chainId, Digest diffId, Descriptor blob, BlobStore blobs,
            Progress progress) throws IOException {
        Path temporary = temporaryFolder();
        try {
            LayerArchive.Result result =
                    unpackInto(temporary, blob, diffId.algorithm(), blobs, progress);
            if (!result.diffId().equals(diffId)) {
                throw new ImageException(ImageException.Reason.WRONG_DIGEST, "its content is "
                        + result.diffId() + ", the image's configuration says " + diffId
                        + "; remove the image and get it again");
            }
            publish(temporary, chainId, result);
        } finally {
            TreeRemoval.remove(temporary);
        }
    }

    /**
     * Unpacks a lowest layer whose content nobody has stated, and returns the digest of its
     * uncompressed archive, which is its chain id too.
     */
    Digest unpackLowest(Descriptor blob, BlobStore blobs, Progress progress) throws IOException {
        Path temporary = temporaryFolder();
        try {
            LayerArchive.Result result =
                    unpackInto(temporary, blob, Digest.Algorithm.SHA256, blobs, progress);
            publish(temporary, result.diffId(), result);
            return result.diffId();
        } finally {
            TreeRemoval.remove(temporary);
        }
    }

    private LayerArchive.Result unpackInto(Path temporary, Descriptor blob,
            Digest.Algorithm algorithm, BlobStore blobs, Progress progress) throws IOException {
        try (InputStream packed = blobs.open(blob.digest())) {
            return archive.unpack(packed, blob.sizeBytes(), algorithm, temporary.resolve(FILES),
                    done -> progress.report(blob.digest(), Progress.Phase.UNPACKING, done,
                            blob.sizeBytes()));
        }
    }

    private Path temporaryFolder() throws IOException {
        Path temporary = Files.createTempDirectory(folder, TEMPORARY_PREFIX);
        Files.createDirectory(temporary.resolve(FILES));
        return temporary;
    }

    /** Makes an unpacked layer visible, unless another process was faster. */
    private void publish(Path temporary, Digest chainId, LayerArchive.Result result)
            throws IOException {
        new LayerRecord(chainId, result.diffId(), result.unpackedBytes(), result.entries(), bootId)
                .write(temporary);
        try {
            linux.syscall.Files.renameat2(FileFlags.AT_FDCWD, name(temporary),
                    FileFlags.AT_FDCWD, name(layerFolder(chainId)),
                    FileFlags.RENAME_NOREPLACE);
        } catch (SystemCallException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        syncing.execute(this::sync);
    }

    private static byte[] name(Path path) {
        return linux.syscall.Files.name(path.toString());
    }

    /** Brings layers to the disk and marks those that were here before that. */
    private void sync() {
        try {
            List<Path> unsynced = new ArrayList<>();
            for (Path layer : layerFolders()) {
                if (!Files.exists(layer.resolve(SYNCED))) {
                    unsynced.add(layer);
                }
            }
            if (unsynced.isEmpty()) {
                return;
            }
            int descriptor = linux.syscall.Files.openat(FileFlags.AT_FDCWD, name(folder),
                    FileFlags.O_RDONLY | linux.syscall.Files.O_DIRECTORY, 0);
            try {
                linux.syscall.Files.syncfs(descriptor);
            } finally {
                linux.syscall.Files.close(descriptor);
            }
            for (Path layer : unsynced) {
                mark(layer);
            }
        } catch (IOException e) {
            // The layers stay without the mark: good under this kernel, dropped after a reboot.
            return;
        }
    }

    private static void mark(Path layer) throws IOException {
        try {
            Files.createFile(layer.resolve(SYNCED));
        } catch (FileAlreadyExistsException | java.nio.file.NoSuchFileException e) {
            // Another process marked it, or it was removed meanwhile.
            return;
        }
    }

    /** Removes every layer but these. */
    void retain(Set<Digest> chainIds) throws IOException {
        for (Path layer : layerFolders()) {
            Optional<LayerRecord> record = LayerRecord.read(layer);
            if (record.isEmpty() || !chainIds.contains(record.get().chainId())) {
                discard(layer);
            }
        }
    }

    /** Renamed first, so that no half removed layer can be taken for a whole one. */
    private void discard(Path layer) throws IOException {
        Path temporary = Files.createTempDirectory(folder, TEMPORARY_PREFIX);
        Files.move(layer, temporary.resolve("removed"));
        TreeRemoval.remove(temporary);
    }

    /** Waits until the layers unpacked so far are on the disk. */
    @Override
    public void close() throws IOException {
        syncing.close();
        inUse.close();
    }
}
