package runtime.store;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import linux.abi.Architecture;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;
import runtime.image.ImageDefaults;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.image.TarFormatException;

/**
 * The images of a node: an OCI image layout in {@code images/} that other tools can read, and its
 * layers unpacked in {@code layers/}, each once, shared by all containers.
 *
 * <p>Names are given as docker takes them: {@code debian}, {@code debian:12},
 * {@code host:5000/a/b@sha256:…}, or an image id or at least four digits of its beginning. Safe for use by
 * several threads and several processes. A change appears whole or not at all, also in a crash.
 */
public final class ImageStore implements AutoCloseable {
    private final BlobStore blobs;
    private final NameTable names;
    private final ImageCatalog catalog;
    private final LayerStore layers;
    private final ImageRemover remover;
    private static final UnpackLimits LIMITS = UnpackLimits.STANDARD;

    private final Platform platform;

    private final Path images;

    private ImageStore(Path images, BlobStore blobs, NameTable names, LayerStore layers) {
        this.platform = Platform.linux(
                Architecture.ofJvm(System.getProperty("os.arch")).imageName());
        this.images = images;
        this.blobs = blobs;
        this.names = names;
        this.layers = layers;
        this.catalog = new ImageCatalog(names, blobs, platform);
        this.remover = new ImageRemover(images.resolve("content.lock"), names, blobs, catalog, layers);
    }

    /** Opens the store in a data folder, making what is missing and clearing what a crash left. */
    public static ImageStore open(Path dataFolder) throws IOException {
        Path images = dataFolder.resolve("images");
        Files.createDirectories(images);
        return new ImageStore(images, BlobStore.open(images),
                NameTable.open(images),
                LayerStore.open(dataFolder.resolve("layers"), LIMITS));
    }

    @Override
    public void close() throws IOException {
        layers.close();
    }

    /** The blobs; a pull writes here and then calls {@link #add}, within a {@link #hold}. */
    public BlobStore blobs() {
        return blobs;
    }

    /**
     * The image of a name or id.
     *
     * @throws ImageException AMBIGUOUS for an id prefix of several images; MALFORMED for what can be
     *                        neither name nor id, and for an image that is damaged
     */
    public Optional<StoredImage> find(String nameOrId) throws IOException {
        return catalog.find(nameOrId);
    }

    /** As {@link #find}, but NOT_FOUND is an error. */
    public StoredImage get(String nameOrId) throws IOException {
        return find(nameOrId).orElseThrow(() -> new ImageException(
                ImageException.Reason.NOT_FOUND, "no such image: " + nameOrId));
    }

    /** All images, each once, whatever number of names it has. */
    public List<StoredImage> list() throws IOException {
        return catalog.list();
    }

    /**
     * Gives a manifest a name; all its blobs must be in {@link #blobs}. An image that had the name
     * keeps its others, or none.
     *
     * @throws IOException if a blob is missing or a document is broken; the names stay as they were
     */
    public StoredImage add(Reference name, Descriptor manifest) throws IOException {
        StoredImage image = verified(manifest);
        names.change(entries -> NameTable.named(entries, name, image.descriptor()));
        return catalog.read(image.descriptor());
    }

    /** As {@link #add(Reference, Descriptor)} for an image without a name. */
    public StoredImage add(Descriptor manifest) throws IOException {
        StoredImage image = verified(manifest);
        names.change(entries -> NameTable.unnamed(entries, image.descriptor()));
        return catalog.read(image.descriptor());
    }

    private StoredImage verified(Descriptor manifest) throws IOException {
        StoredImage image = catalog.read(manifest);
        for (Descriptor layer : image.manifest().layers()) {
            long sizeBytes = blobs.sizeBytes(layer.digest());
            if (sizeBytes != layer.sizeBytes()) {
                throw new ImageException(ImageException.Reason.MALFORMED, "layer "
                        + layer.digest() + " has " + sizeBytes + " bytes, the manifest says "
                        + layer.sizeBytes());
            }
        }
        return image;
    }

    /** Gives an image one more name, taking it from the image that had it. */
    public StoredImage tag(String nameOrId, Reference name) throws IOException {
        return add(name, get(nameOrId).descriptor());
    }

    /**
     * Removes a name, and the image with its blobs and layers if that was its last; by id, removes all
     * names.
     *
     * @param force           by id, also where it has several names; and where a container uses it, in
     *                        which case the names go but the content stays until {@link #prune}
     * @param usedByContainer tells whether a container uses the image of that id
     * @throws ImageException NOT_FOUND; IN_USE, nothing is removed then
     */
    public Removal remove(String nameOrId, boolean force, Predicate<Digest> usedByContainer)
            throws IOException {
        return remover.remove(nameOrId, force, usedByContainer);
    }

    /**
     * Removes images nobody needs, and blobs and layers that belong to none.
     *
     * @param named also images that have names
     */
    public Removal prune(boolean named, Predicate<Digest> usedByContainer) throws IOException {
        return remover.prune(named, usedByContainer);
    }

    /**
     * What an image removal did.
     *
     * @param untagged     names that are gone
     * @param deleted      ids of images that are gone
     * @param freedBytes   length of the deleted blobs; unpacked layers free more
     */
    public record Removal(List<Reference> untagged, List<Digest> deleted, long freedBytes) {
    }

    /** Until it is closed no blob and no layer is removed, named or not: for who is adding some. */
    public Hold hold() throws IOException {
        return remover.hold();
    }

    /** See {@link ImageStore#hold}. */
    public interface Hold extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** The document an image id is the digest of, as its builder wrote it. */
    public byte[] rawConfig(StoredImage image) throws IOException {
        return blobs.read(image.id(), ImageCatalog.DOCUMENT_LIMIT_BYTES);
    }

    /**
     * Unpacks the layers that are not yet, several at once, and returns where all lie.
     *
     * @throws ImageException MALFORMED, LIMIT, WRONG_DIGEST, DISK_FULL or HOST; no half layer stays
     */
    public RootFilesystem prepare(StoredImage image, Progress progress) throws IOException {
        try (Hold _ = hold()) {
            return layers.prepare(image, blobs, progress);
        }
    }

    /**
     * Takes in the images of an archive written by {@code docker save} or of an OCI archive, packed or
     * not.
     *
     * @throws ImageException MALFORMED, WRONG_DIGEST, LIMIT or DISK_FULL; no image is added then
     */
    public List<StoredImage> load(InputStream archive, Progress progress) throws IOException {
        return addition(() -> {
            List<ArchiveLoader.Found> found =
                    new ArchiveLoader(blobs, catalog, LIMITS).read(archive);
            for (ArchiveLoader.Found image : found) {
                layers.prepare(verified(image.manifest()), blobs, progress);
            }
            List<StoredImage> images = new ArrayList<>();
            for (ArchiveLoader.Found image : found) {
                add(image.manifest());
                for (Reference name : image.names()) {
                    add(name, image.manifest());
                }
                images.add(catalog.read(image.manifest()));
            }
            return List.copyOf(images);
        });
    }

    /**
     * Writes images as an archive that {@code docker load}, {@code podman load} and OCI tools read: an
     * OCI image layout with docker's {@code manifest.json} in it.
     *
     * @param names names or ids; an image given by a name is saved under that name only
     * @param out   stays open
     */
    public void save(List<String> names, OutputStream out) throws IOException {
        try (Hold _ = hold()) {
            ArchiveSaver saver = new ArchiveSaver(blobs);
            for (String name : names) {
                saver.add(get(name), name);
            }
            saver.write(out);
        }
    }

    /** As the longer form, with nothing set. */
    public StoredImage importRootFilesystem(InputStream tar, Reference name, Progress progress)
            throws IOException {
        return importRootFilesystem(tar, name,
                new Imported(ImageDefaults.NONE, platform, ""), progress);
    }

    /**
     * What an archive does not say of the image made of it.
     *
     * @param defaults what its containers run
     * @param platform what it runs on
     * @param comment  for its history; may be empty
     */
    public record Imported(ImageDefaults defaults, Platform platform, String comment) {}

    /** Makes an image of one layer out of the tar of a root file system, packed or not. */
    public StoredImage importRootFilesystem(InputStream tar, Reference name, Imported imported,
            Progress progress) throws IOException {
        return addition(() -> singleLayer(tar, name, imported, "jctl image import", progress));
    }

    /**
     * Makes an image of programs of this machine and the libraries, interpreters and files they need,
     * so that a container can run without any registry. The first program is its default.
     *
     * @param programs names looked up in {@code PATH}, or absolute paths
     * @throws ImageException NOT_FOUND for a program or a library that is not there
     */
    public StoredImage fromHost(List<String> programs, Reference name) throws IOException {
        HostImage image = HostImage.of(HostFiles.ofThisMachine(), programs);
        Path archive = Files.createTempFile("jctl-host-image-", ".tar");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
                image.write(out);
            }
            try (InputStream tar = Files.newInputStream(archive)) {
                return addition(() -> singleLayer(tar, name,
                        new Imported(image.defaults(), platform, ""), "jctl image from-host " + String.join(" ", programs), Progress.SILENT));
            }
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    private StoredImage singleLayer(InputStream tar, Reference name, Imported imported,
            String createdBy, Progress progress) throws IOException {
        Digest blob = addLayer(tar);
        Descriptor layer = new Descriptor(LayerType.of(blobs.path(blob)), blob,
                blobs.sizeBytes(blob));
        Digest diffId = layers.unpackLowest(layer, blobs, progress);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        byte[] config = new ImageConfig(imported.platform, Optional.of(now), "",
                imported.defaults, List.of(diffId), List.of(new ImageConfig.History(
                        Optional.of(now), createdBy, "", imported.comment, false)))
                .toJson();
        blobs.add(config);
        Manifest manifest = new Manifest(MediaType.OCI_MANIFEST,
                Descriptor.of(MediaType.OCI_CONFIG, config), List.of(layer), Map.of());
        blobs.add(manifest.toJson());
        return add(name, manifest.descriptor());
    }

    /**
     * What is said of an image made of a container.
     *
     * @param defaults  what its containers run
     * @param author    may be empty
     * @param comment   for its history; may be empty
     * @param createdBy what the container ran
     */
    public record Committed(ImageDefaults defaults, String author, String comment,
            String createdBy) {}

    /** Writes the tar of a layer. */
    @FunctionalInterface
    public interface LayerSource {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Makes an image of another and one more layer.
     *
     * @param name absent for none
     * @throws ImageException NOT_FOUND if the other is not here; DISK_FULL
     */
    public StoredImage commit(String baseId, LayerSource layer, Committed committed,
            Optional<Reference> name) throws IOException {
        return addition(() -> {
            StoredImage base = get(baseId);
            Digest blob = addWritten(layer);
            Descriptor added = new Descriptor(LayerType.of(blobs.path(blob)), blob,
                    blobs.sizeBytes(blob));
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            List<Digest> diffIds = new ArrayList<>(base.config().diffIds());
            // It is stored as it was written: the digest of the blob is that of the tar.
            diffIds.add(blob);
            List<ImageConfig.History> history = new ArrayList<>(base.config().history());
            history.add(new ImageConfig.History(Optional.of(now), committed.createdBy,
                    committed.author, committed.comment, false));
            byte[] config = new ImageConfig(base.config().platform(), Optional.of(now),
                    committed.author, committed.defaults, diffIds, history).toJson();
            blobs.add(config);
            List<Descriptor> all = new ArrayList<>(base.manifest().layers());
            all.add(added);
            Manifest manifest = new Manifest(MediaType.OCI_MANIFEST,
                    Descriptor.of(MediaType.OCI_CONFIG, config), all, Map.of());
            blobs.add(manifest.toJson());
            layers.prepare(verified(manifest.descriptor()), blobs, Progress.SILENT);
            return name.isPresent() ? add(name.get(), manifest.descriptor())
                    : add(manifest.descriptor());
        });
    }

    /** By way of a file that has no name any more, so that no crash leaves it behind. */
    private Digest addWritten(LayerSource layer) throws IOException {
        Path file = Files.createTempFile(images, ".commit-", ".tar");
        try (FileChannel tar = FileChannel.open(file, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            Files.delete(file);
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(tar), 1 << 18);
            layer.write(out);
            out.flush();
            tar.position(0);
            return blobs.add(Channels.newInputStream(tar));
        }
    }

    private Digest addLayer(InputStream tar) throws IOException {
        try (InputStream layer = Decompression.asLayer(tar, LIMITS)) {
            return blobs.add(layer);
        } catch (TarFormatException | EOFException e) {
            throw new ImageException(ImageException.Reason.MALFORMED, e.getMessage(), e);
        }
    }

    /** Something that adds content. */
    private interface Addition<T> {
        T run() throws IOException;
    }

    /** Holds everything meanwhile; what a failure left is removed afterwards. */
    private <T> T addition(Addition<T> addition) throws IOException {
        try (Hold _ = hold()) {
            boolean done = false;
            try {
                T result = addition.run();
                done = true;
                return result;
            } finally {
                if (!done) {
                    remover.sweepLater();
                }
            }
        }
    }
}
