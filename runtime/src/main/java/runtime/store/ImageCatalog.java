package runtime.store;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;
import runtime.image.ImageDocument;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.Platform;
import runtime.image.Reference;

/** Reads images out of the name table and the blobs they are made of. */
final class ImageCatalog {
    /** Most bytes of a manifest, index or configuration, as registries accept them. */
    static final int DOCUMENT_LIMIT_BYTES = 4 << 20;

    private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f]{4,64}");
    private static final int INDEX_DEPTH_LIMIT = 4;

    private final NameTable names;
    private final BlobStore blobs;
    private final Platform platform;
    /** Parsed documents by the digest of the manifest; both never change. */
    private final Map<Digest, Documents> parsed = new ConcurrentHashMap<>();

    private record Documents(Descriptor descriptor, Manifest manifest, ImageConfig config) {
    }

    ImageCatalog(NameTable names, BlobStore blobs, Platform platform) {
        this.names = names;
        this.blobs = blobs;
        this.platform = platform;
    }

    /** Every image that can be read, in the order of the table; a broken one is left out. */
    List<StoredImage> list() throws IOException {
        Map<Digest, List<Documents>> byId = new LinkedHashMap<>();
        Map<Digest, List<Reference>> namesById = new LinkedHashMap<>();
        for (NameTable.Entry entry : names.entries()) {
            Documents documents;
            try {
                documents = documents(entry.manifest());
            } catch (IOException broken) {
                // Asking for this image by name tells what is wrong with it.
                continue;
            }
            Digest id = documents.manifest.config().digest();
            byId.computeIfAbsent(id, key -> new ArrayList<>()).add(documents);
            List<Reference> own = namesById.computeIfAbsent(id, key -> new ArrayList<>());
            entry.name().ifPresent(own::add);
        }
        List<StoredImage> images = new ArrayList<>();
        byId.forEach((id, documents) ->
                images.add(image(documents.getFirst(), namesById.get(id))));
        return List.copyOf(images);
    }

    /** The image of a name, an id or the beginning of an id; see {@link ImageStore#find}. */
    Optional<StoredImage> find(String nameOrId) throws IOException {
        String hex = nameOrId.startsWith("sha256:") ? nameOrId.substring(7) : nameOrId;
        boolean mayBeId = ID_PREFIX.matcher(hex).matches();
        if (mayBeId && hex.length() == 64) {
            return byIdPrefix(nameOrId, hex);
        }
        Optional<StoredImage> named = Optional.empty();
        try {
            named = named(Reference.parse(nameOrId));
        } catch (ImageFormatException e) {
            if (!mayBeId) {
                throw new ImageException(ImageException.Reason.MALFORMED, e.getMessage(), e);
            }
        }
        return named.isPresent() || !mayBeId ? named : byIdPrefix(nameOrId, hex);
    }

    private Optional<StoredImage> byIdPrefix(String given, String hex) throws IOException {
        List<StoredImage> matches = list().stream()
                .filter(image -> image.id().hex().startsWith(hex)).toList();
        if (matches.size() > 1) {
            throw new ImageException(ImageException.Reason.AMBIGUOUS, "image id " + given
                    + " is the beginning of " + matches.size() + " ids: " + String.join(", ",
                    matches.stream().map(image -> image.id().shortHex()).toList())
                    + "; give more of it");
        }
        return matches.stream().findFirst();
    }

    private Optional<StoredImage> named(Reference wanted) throws IOException {
        for (NameTable.Entry entry : names.entries()) {
            if (entry.name().isPresent() && means(wanted, entry)) {
                Documents documents = documents(entry.manifest());
                return Optional.of(image(documents, namesOf(documents)));
            }
        }
        return Optional.empty();
    }

    private static boolean means(Reference wanted, NameTable.Entry entry) {
        Reference name = entry.name().orElseThrow();
        if (wanted.digest().isEmpty()) {
            return name.equals(wanted);
        }
        // A pinned name: the tag is a remark. It is the digest of the manifest, or of the index it
        // was pulled by, which the name keeps.
        return name.registry().equals(wanted.registry())
                && name.repository().equals(wanted.repository())
                && (wanted.digest().equals(name.digest())
                        || wanted.digest().get().equals(entry.manifest().digest()));
    }

    private List<Reference> namesOf(Documents documents) throws IOException {
        Digest id = documents.manifest.config().digest();
        List<Reference> own = new ArrayList<>();
        for (NameTable.Entry entry : names.entries()) {
            if (entry.name().isPresent() && sameImage(entry, id)) {
                own.add(entry.name().get());
            }
        }
        return own;
    }

    private boolean sameImage(NameTable.Entry entry, Digest id) {
        try {
            return documents(entry.manifest()).manifest.config().digest().equals(id);
        } catch (IOException broken) {
            return false;
        }
    }

    /** The image of a manifest whether it has a name or not. */
    StoredImage read(Descriptor manifest) throws IOException {
        Documents documents = documents(manifest);
        return image(documents, namesOf(documents));
    }

    private StoredImage image(Documents documents, List<Reference> own) {
        Manifest manifest = documents.manifest;
        long sizeBytes = documents.descriptor.sizeBytes() + manifest.config().sizeBytes();
        for (Descriptor layer : manifest.layers()) {
            sizeBytes += layer.sizeBytes();
        }
        return new StoredImage(manifest.config().digest(), own, documents.descriptor, manifest,
                documents.config, sizeBytes, documents.config.created().orElse(Instant.EPOCH));
    }

    private Documents documents(Descriptor descriptor) throws IOException {
        Documents known = parsed.get(descriptor.digest());
        if (known != null) {
            return known;
        }
        try {
            Documents documents = parse(descriptor, INDEX_DEPTH_LIMIT);
            parsed.put(descriptor.digest(), documents);
            return documents;
        } catch (ImageFormatException e) {
            throw new ImageException(ImageException.Reason.MALFORMED, "image "
                    + descriptor.digest() + ": " + e.getMessage(), e);
        }
    }

    private Documents parse(Descriptor descriptor, int depth)
            throws IOException, ImageFormatException {
        byte[] json = blobs.read(descriptor.digest(), DOCUMENT_LIMIT_BYTES);
        return switch (ImageDocument.parse(json, Optional.of(descriptor.mediaType()))) {
            case Manifest manifest -> new Documents(
                    descriptor.withAnnotations(Map.of()), manifest, config(manifest));
            case Index index -> {
                if (depth == 0) {
                    throw new ImageFormatException("an index in an index in an index");
                }
                yield parse(index.select(platform), depth - 1);
            }
        };
    }

    private ImageConfig config(Manifest manifest) throws IOException, ImageFormatException {
        ImageConfig config = ImageConfig.parse(
                blobs.read(manifest.config().digest(), DOCUMENT_LIMIT_BYTES));
        if (config.diffIds().size() != manifest.layers().size()) {
            throw new ImageFormatException("the manifest has " + manifest.layers().size()
                    + " layers, the configuration " + config.diffIds().size());
        }
        return config;
    }

    /** Forgets what was read of a manifest that is gone. */
    void forget(Digest manifest) {
        parsed.remove(manifest);
    }
}
