package runtime.registry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.Progress;

/** Sends one image, or all images of an index: first what is pointed to, then what points. */
final class ImagePush {
    private static final int INDEX_DEPTH_LIMIT = 3;

    private final RegistrySession session;
    private final Reference reference;
    private final List<String> mountSources;
    private final BlobStore blobs;
    private final Progress progress;
    private final RegistrySettings settings;

    ImagePush(RegistrySession session, Reference reference, List<String> mountSources,
            BlobStore blobs, Progress progress, RegistrySettings settings) {
        this.session = session;
        this.reference = reference;
        this.mountSources = mountSources;
        this.blobs = blobs;
        this.progress = progress;
        this.settings = settings;
    }

    Digest run(Descriptor root) throws RegistryException, IOException, InterruptedException {
        return push(root, reference.tag().orElseGet(() -> root.digest().toString()), 0);
    }

    private Digest push(Descriptor descriptor, String name, int depth)
            throws RegistryException, IOException, InterruptedException {
        byte[] bytes = blobs.read(descriptor.digest(), ImageDocument.LIMIT_BYTES);
        ImageDocument document;
        try {
            document = ImageDocument.parse(bytes, Optional.of(descriptor.mediaType()));
        } catch (ImageFormatException e) {
            throw session.failures().failure(Reason.INVALID,
                    descriptor.digest() + " is not an image: " + e.getMessage(), e);
        }
        switch (document) {
            case Manifest manifest -> pushBlobs(manifest);
            case Index index -> pushEntries(index, depth);
        }
        return put(name, descriptor, document, bytes);
    }

    private void pushBlobs(Manifest manifest)
            throws RegistryException, IOException, InterruptedException {
        List<ParallelTransfers.Transfer> transfers = new ArrayList<>();
        for (Descriptor blob : RegistryClient.distinct(manifest)) {
            progress.report(blob.digest(), Progress.Phase.WAITING, 0, blob.sizeBytes());
            transfers.add(() -> new BlobUpload(session, blob, mountSources,
                    new BlobContent(blobs, blob, progress), settings.uploadChunkBytes()).run());
        }
        ParallelTransfers.run(transfers, settings.parallelTransfers());
    }

    private void pushEntries(Index index, int depth)
            throws RegistryException, IOException, InterruptedException {
        if (depth == INDEX_DEPTH_LIMIT) {
            throw session.failures().failure(Reason.INVALID,
                    "its indexes are nested more than " + INDEX_DEPTH_LIMIT + " deep");
        }
        for (Descriptor entry : index.manifests()) {
            if (!blobs.contains(entry.digest())) {
                throw session.failures().failure(Reason.NOT_FOUND, "the index lists "
                        + entry.platform().map(p -> "an image for " + p).orElse("an entry") + " ("
                        + entry.digest() + ") which is not stored here; push the image of one"
                        + " platform, or pull that one first");
            }
        }
        for (Descriptor entry : index.manifests()) {
            push(entry, entry.digest().toString(), depth + 1);
        }
    }

    private Digest put(String name, Descriptor descriptor, ImageDocument document, byte[] bytes)
            throws RegistryException, InterruptedException {
        Query query = Query.withBody(
                "PUT", session.uri("manifests/" + name), document.mediaType().name(), bytes);
        return Attempts.run(session.patience(), () -> {
            try (Reply reply = session.send(query)) {
                if (!reply.isSuccess()) {
                    throw session.failures().refused(reply, "such repository");
                }
                Optional<String> stored = reply.header("Docker-Content-Digest");
                if (stored.isPresent()
                        && !stored.get().equals(descriptor.digest().toString())) {
                    throw session.failures().failure(Reason.INVALID, session.endpoint().host()
                            + " stored the manifest as "
                            + ImageFormatException.shown(stored.get()) + " instead of "
                            + descriptor.digest());
                }
                return descriptor.digest();
            }
        });
    }
}
