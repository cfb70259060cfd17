package runtime.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import runtime.image.Descriptor;
import runtime.registry.RegistryException.Reason;
import runtime.store.Progress;

/**
 * Brings one blob from the store to a registry, unless it is there already or can be taken over
 * from another repository of the same registry (OCI distribution-spec "Pushing blobs"). A large one
 * goes in chunks; a registry that does not take those gets it in one piece.
 */
final class BlobUpload {
    private final RegistrySession session;
    private final Descriptor blob;
    private final List<String> mountSources;
    private final BlobContent content;
    private final long chunkBytes;

    /**
     * @param mountSources repositories of the same registry that may hold the blob
     * @param chunkBytes a blob that is larger goes in chunks of this size
     */
    BlobUpload(RegistrySession session, Descriptor blob, List<String> mountSources,
            BlobContent content, long chunkBytes) {
        this.session = session;
        this.blob = blob;
        this.mountSources = mountSources;
        this.content = content;
        this.chunkBytes = chunkBytes;
    }

    void run() throws RegistryException, IOException, InterruptedException {
        long sizeBytes = content.store().sizeBytes(blob.digest());
        if (sizeBytes != blob.sizeBytes()) {
            throw session.failures().failure(Reason.INVALID, "blob " + blob.digest() + " has "
                    + sizeBytes + " bytes, but its manifest says " + blob.sizeBytes());
        }
        if (Attempts.run(session.patience(), this::isThere)) {
            content.report(Progress.Phase.EXISTS, sizeBytes);
            return;
        }
        try {
            if (sizeBytes <= chunkBytes || !sendInChunks()) {
                Attempts.run(session.patience(), this::sendWhole);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        content.report(Progress.Phase.DONE, sizeBytes);
    }

    boolean isThere() throws Setback, RegistryException, InterruptedException {
        try (Reply reply = session.send(
                Query.withoutBody("HEAD", session.uri("blobs/" + blob.digest())))) {
            return switch (reply.status()) {
                case 200 -> true;
                case 404 -> false;
                default -> throw session.failures().refused(reply, "such repository");
            };
        }
    }

    private boolean sendInChunks() throws RegistryException, InterruptedException {
        Optional<UploadPlace> place = Attempts.run(session.patience(), this::openOrTakeOver);
        return place.isEmpty()
                || new ChunkedUpload(session, this, content, chunkBytes).run(place.get());
    }

    private Void sendWhole() throws Setback, RegistryException, InterruptedException {
        Optional<UploadPlace> place = openOrTakeOver();
        if (place.isPresent()) {
            put(place.get());
        }
        return null;
    }

    /** A place to send the blob to; empty if it was taken over from another repository. */
    private Optional<UploadPlace> openOrTakeOver()
            throws Setback, RegistryException, InterruptedException {
        for (String source : mountSources) {
            Optional<UploadPlace> place = open("?mount="
                    + UploadPlace.encode(blob.digest().toString())
                    + "&from=" + UploadPlace.encode(source));
            // The registry opened an ordinary upload instead: it is used for the last source only.
            if (place.isEmpty() || source.equals(mountSources.getLast())) {
                return place;
            }
            abandon(place.get());
        }
        return Optional.of(open());
    }

    /** Opens an upload that begins with nothing. */
    UploadPlace open() throws Setback, RegistryException, InterruptedException {
        return open("").orElseThrow(() -> session.failures().failure(Reason.INVALID,
                session.endpoint().host() + " claims to have a blob it was not sent: "
                + blob.digest()));
    }

    /** Opens an upload; empty if the blob was taken over from another repository. */
    private Optional<UploadPlace> open(String query)
            throws Setback, RegistryException, InterruptedException {
        Query post = Query.withoutBody("POST", session.uri("blobs/uploads/" + query));
        try (Reply reply = session.send(post)) {
            return switch (reply.status()) {
                case 201 -> Optional.empty();
                case 202 -> Optional.of(new UploadPlace(session.location(reply),
                        reply.number("OCI-Chunk-Min-Length").orElse(0)));
                default -> throw session.failures().refused(reply, "such repository");
            };
        }
    }

    private void put(UploadPlace place) throws Setback, RegistryException, InterruptedException {
        URI target = place.ending(blob.digest());
        BlobContent.Piece whole = content.piece(0, blob.sizeBytes());
        Query query = new Query("PUT", target, Map.of("Content-Type", "application/octet-stream"),
                whole::body, whole::sentBytes);
        content.report(Progress.Phase.UPLOADING, 0);
        try (Reply reply = session.send(query)) {
            if (!reply.isSuccess()) {
                throw session.failures().refused(reply, "such repository");
            }
        }
    }

    private void abandon(UploadPlace place)
            throws Setback, RegistryException, InterruptedException {
        session.send(Query.withoutBody("DELETE", place.uri())).close();
    }
}
