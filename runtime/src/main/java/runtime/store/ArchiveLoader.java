package runtime.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.DockerArchive;
import runtime.image.ImageConfig;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.LayerPath;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Reference;
import runtime.image.TarEntry;
import runtime.image.TarFormatException;

/**
 * Reads an archive of images in one pass, since it may come through a pipe: every large file goes into
 * the blob store as it comes, every document is kept, and at the end the documents tell what the
 * files are. Reads what {@code docker save} writes (docker image/spec/v1.2.md, also its older form with
 * {@code layer.tar}) and OCI archives (OCI image-spec image-layout.md).
 */
final class ArchiveLoader {
    private static final int DOCUMENTS_LIMIT = 20_000;
    private static final long DOCUMENTS_LIMIT_BYTES = 32 << 20;
    private static final int ALIAS_LIMIT = 16;
    private static final String CONTAINERD_NAME = "io.containerd.image.name";
    private static final Pattern BLOB = Pattern.compile("blobs/(sha256|sha512)/([0-9a-f]+)");

    private final BlobStore blobs;
    private final ImageCatalog catalog;
    private final UnpackLimits limits;
    private final Map<String, byte[]> documents = new HashMap<>();
    private long documentBytes;
    private final Map<String, Digest> stored = new HashMap<>();
    /** Links: old archives hold a layer once and link to it. */
    private final Map<String, String> aliases = new HashMap<>();

    /** An image of the archive, all blobs stored. */
    record Found(Descriptor manifest, List<Reference> names) {
    }

    ArchiveLoader(BlobStore blobs, ImageCatalog catalog, UnpackLimits limits) {
        this.blobs = blobs;
        this.catalog = catalog;
        this.limits = limits;
    }

    List<Found> read(InputStream archive) throws IOException {
        try (InputStream plain = Decompression.openGiven(archive, limits)) {
            TarReader tar = new TarReader(plain);
            for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                take(entry.get(), tar);
            }
            return images();
        } catch (TarFormatException | EOFException | ImageFormatException e) {
            throw malformed(e.getMessage(), e);
        }
    }

    private static ImageException malformed(String message, Throwable cause) {
        return new ImageException(ImageException.Reason.MALFORMED, message, cause);
    }

    private void take(TarEntry entry, TarReader tar) throws IOException {
        String path = LayerPath.of(entry.name()).bytesAsText();
        switch (entry.kind()) {
            case FILE -> takeFile(path, entry, tar);
            case SYMBOLIC_LINK -> alias(path, resolved(path, entry));
            case HARD_LINK -> alias(path, LayerPath.of(entry.link()).bytesAsText());
            case DIRECTORY -> { }
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> throw malformed(
                    "the archive of images holds a device, " + entry.shownName(), null);
        }
    }

    private void alias(String path, String target) throws IOException {
        if (aliases.size() >= DOCUMENTS_LIMIT) {
            throw malformed("the archive of images has too many links", null);
        }
        aliases.put(path, target);
    }

    /** Only {@code ../ID/layer.tar} occurs: relative, one level up. */
    private static String resolved(String path, TarEntry link) throws IOException {
        String target = new String(link.link(), StandardCharsets.ISO_8859_1);
        int last = path.lastIndexOf('/');
        String folder = last < 0 ? "" : path.substring(0, last);
        while (target.startsWith("../") && !folder.isEmpty()) {
            int up = folder.lastIndexOf('/');
            folder = up < 0 ? "" : folder.substring(0, up);
            target = target.substring(3);
        }
        return LayerPath.of(LayerPath.bytes(folder + "/" + target)).bytesAsText();
    }

    private void takeFile(String path, TarEntry entry, TarReader tar) throws IOException {
        var blob = BLOB.matcher(path);
        boolean document = path.endsWith(".json") || path.endsWith("/json")
                || path.equals("oci-layout") || path.equals("repositories")
                || path.endsWith("/VERSION");
        if (blob.matches()) {
            takeBlob(path, blob.group(1) + ":" + blob.group(2), entry, tar);
        } else if (document) {
            documentBytes += entry.sizeBytes();
            if (documentBytes > DOCUMENTS_LIMIT_BYTES || documents.size() >= DOCUMENTS_LIMIT) {
                throw malformed("the archive of images has too many or too large documents: "
                        + entry.shownName() + " has " + entry.sizeBytes() + " bytes", null);
            }
            documents.put(path, new Content(tar).readAllBytes());
        } else {
            stored.put(path, blobs.add(new Content(tar)));
        }
    }

    private void takeBlob(String path, String stated, TarEntry entry, TarReader tar)
            throws IOException {
        Digest digest;
        try {
            digest = Digest.parse(stated);
        } catch (ImageFormatException e) {
            throw malformed(entry.shownName() + " in the archive: " + e.getMessage(), e);
        }
        try (BlobWriter writer = blobs.writer(digest, entry.sizeBytes())) {
            if (!writer.exists()) {
                // What an earlier attempt left was not this stream.
                writer.restart();
                byte[] buffer = new byte[256 << 10];
                for (int count; (count = tar.read(buffer, 0, buffer.length)) >= 0; ) {
                    writer.write(buffer, 0, count);
                }
                writer.commit();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("loading was cancelled");
        }
        stored.put(path, digest);
    }

    /** The content of the current entry. */
    private static final class Content extends InputStream {
        private final TarReader tar;

        Content(TarReader tar) {
            this.tar = tar;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return tar.read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return tar.read(into, offset, length);
        }
    }

    private List<Found> images() throws IOException, ImageFormatException {
        byte[] manifests = documents.get("manifest.json");
        byte[] index = documents.get("index.json");
        if (manifests == null && index == null) {
            throw malformed("the archive holds no image: neither manifest.json (docker) nor"
                    + " index.json (OCI) is in it; to make an image of a root file system's tar"
                    + " use: jctl image import FILE NAME", null);
        }
        List<Descriptor> described = index == null ? List.of()
                : Index.parse(index, Optional.of(MediaType.OCI_INDEX)).manifests();
        if (manifests == null) {
            return ociImages(described);
        }
        List<Found> found = new ArrayList<>();
        for (DockerArchive.Image image : DockerArchive.parse(manifests).images()) {
            found.add(dockerImage(image, described));
        }
        return found;
    }

    private List<Found> ociImages(List<Descriptor> described) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Descriptor descriptor : described) {
            found.add(new Found(catalog.read(descriptor).descriptor(), names(descriptor)));
        }
        return found;
    }

    /** A plain tag, as some tools write it, says nothing about the repository: no name then. */
    private static List<Reference> names(Descriptor descriptor) {
        String name = descriptor.annotations().get(CONTAINERD_NAME);
        if (name == null) {
            name = descriptor.annotations().getOrDefault(NameTable.NAME_ANNOTATION, "");
        }
        if (!name.contains(":") && !name.contains("/") && !name.contains("@")) {
            return List.of();
        }
        try {
            return List.of(Reference.parse(name));
        } catch (ImageFormatException e) {
            return List.of();
        }
    }

    private Found dockerImage(DockerArchive.Image image, List<Descriptor> described)
            throws IOException, ImageFormatException {
        List<Reference> names = new ArrayList<>();
        for (String name : image.names()) {
            names.add(Reference.parse(name));
        }
        Digest config = configDigest(image.config());
        for (Descriptor descriptor : described) {
            // The manifest the image was pushed or pulled with is worth more than a new one.
            Optional<StoredImage> known = readable(descriptor);
            if (known.isPresent() && known.get().id().equals(config)) {
                return new Found(known.get().descriptor(), names);
            }
        }
        Manifest manifest = manifest(config, image);
        blobs.add(manifest.toJson());
        return new Found(manifest.descriptor(), names);
    }

    private Optional<StoredImage> readable(Descriptor descriptor) {
        try {
            return Optional.of(catalog.read(descriptor));
        } catch (IOException notAnImage) {
            return Optional.empty();
        }
    }

    private Digest configDigest(String path) throws IOException {
        String name = LayerPath.of(LayerPath.bytes(path)).bytesAsText();
        byte[] document = documents.get(name);
        if (document != null) {
            return blobs.add(document);
        }
        return file(name);
    }

    private Digest file(String path) throws IOException {
        String name = path;
        for (int i = 0; i < ALIAS_LIMIT && aliases.containsKey(name); i++) {
            name = aliases.get(name);
        }
        Digest digest = stored.get(name);
        if (digest == null) {
            throw malformed("the archive's manifest.json names "
                    + ImageFormatException.shown(path) + ", which is not in it", null);
        }
        return digest;
    }

    private Manifest manifest(Digest configDigest, DockerArchive.Image image)
            throws IOException, ImageFormatException {
        byte[] config = blobs.read(configDigest, ImageCatalog.DOCUMENT_LIMIT_BYTES);
        List<Digest> diffIds = ImageConfig.parse(config).diffIds();
        if (diffIds.size() != image.layers().size()) {
            throw malformed("the archive's manifest.json lists " + image.layers().size()
                    + " layers, the configuration " + diffIds.size(), null);
        }
        List<Descriptor> layers = new ArrayList<>();
        for (String path : image.layers()) {
            Digest blob = file(LayerPath.of(LayerPath.bytes(path)).bytesAsText());
            layers.add(new Descriptor(LayerType.of(blobs.path(blob)), blob,
                    blobs.sizeBytes(blob)));
        }
        return new Manifest(MediaType.OCI_MANIFEST,
                new Descriptor(MediaType.OCI_CONFIG, configDigest, config.length), layers,
                Map.of());
    }
}
