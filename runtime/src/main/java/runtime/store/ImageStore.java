package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import linux.abi.Architecture;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.Platform;
import runtime.image.Reference;

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

    private ImageStore(Path lockFile, BlobStore blobs, NameTable names, LayerStore layers) {
        Platform platform = Platform.linux(
                Architecture.ofJvm(System.getProperty("os.arch")).imageName());
        this.blobs = blobs;
        this.names = names;
        this.layers = layers;
        this.catalog = new ImageCatalog(names, blobs, platform);
        this.remover = new ImageRemover(lockFile, names, blobs, catalog, layers);
    }

    /** Opens the store in a data folder, making what is missing and clearing what a crash left. */
    public static ImageStore open(Path dataFolder) throws IOException {
        Path images = dataFolder.resolve("images");
        Files.createDirectories(images);
        return new ImageStore(images.resolve("content.lock"), BlobStore.open(images),
                NameTable.open(images),
                LayerStore.open(dataFolder.resolve("layers"), UnpackLimits.STANDARD));
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
     * @throws ImageException MALFORMED; images before the broken part of the archive are not added
     */
    public List<StoredImage> load(InputStream archive, Progress progress) throws IOException {
        throw unavailable("load");
    }

    /** Writes images as an archive that docker and OCI tools load. */
    public void save(List<String> names, OutputStream out) throws IOException {
        throw unavailable("save");
    }

    /** Makes an image of one layer out of the tar of a root file system. */
    public StoredImage importRootFilesystem(InputStream tar, Reference name, Progress progress)
            throws IOException {
        throw unavailable("import");
    }

    /** Makes an image of programs of this machine and what they need. */
    public StoredImage fromHost(List<String> programs, Reference name) throws IOException {
        throw unavailable("from-host");
    }

    private static ImageException unavailable(String what) {
        return new ImageException(ImageException.Reason.HOST,
                "this build of jctl cannot do image " + what);
    }
}
