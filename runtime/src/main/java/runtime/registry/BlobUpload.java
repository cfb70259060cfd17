package runtime.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import runtime.image.Descriptor;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.Progress;

/**
 * Brings one blob from the store to a registry, unless it is there already or can be taken over
 * from another repository of the same registry (OCI distribution-spec "Pushing blobs").
 */
final class BlobUpload {
    private static final int REPORT_STEP_BYTES = 512 << 10;

    private final RegistrySession session;
    private final Descriptor blob;
    private final List<String> mountSources;
    private final BlobStore store;
    private final Progress progress;

    /** @param mountSources repositories of the same registry that may hold the blob */
    BlobUpload(RegistrySession session, Descriptor blob, List<String> mountSources,
            BlobStore store, Progress progress) {
        this.session = session;
        this.blob = blob;
        this.mountSources = mountSources;
        this.store = store;
        this.progress = progress;
    }

    void run() throws RegistryException, IOException, InterruptedException {
        long sizeBytes = store.sizeBytes(blob.digest());
        if (sizeBytes != blob.sizeBytes()) {
            throw session.failures().failure(Reason.INVALID, "blob " + blob.digest() + " has "
                    + sizeBytes + " bytes, but its manifest says " + blob.sizeBytes());
        }
        if (Attempts.run(session.patience(), this::isThere)) {
            report(Progress.Phase.EXISTS, sizeBytes);
            return;
        }
        try {
            Attempts.run(session.patience(), () -> {
                upload();
                return null;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        report(Progress.Phase.DONE, sizeBytes);
    }

    private boolean isThere() throws Setback, RegistryException, InterruptedException {
        try (Reply reply = session.send(
                Query.withoutBody("HEAD", session.uri("blobs/" + blob.digest())))) {
            return switch (reply.status()) {
                case 200 -> true;
                case 404 -> false;
                default -> throw session.failures().refused(reply, "such repository");
            };
        }
    }

    private void upload() throws Setback, RegistryException, InterruptedException {
        for (String source : mountSources) {
            Optional<URI> place = open("?mount=" + encode(blob.digest().toString())
                    + "&from=" + encode(source));
            if (place.isEmpty()) {
                return;
            }
            // The registry opened an ordinary upload instead: it is used for the last source only.
            if (source.equals(mountSources.getLast())) {
                put(place.get());
                return;
            }
            abandon(place.get());
        }
        if (mountSources.isEmpty()) {
            put(open("").orElseThrow(() -> session.failures().failure(Reason.INVALID,
                    session.endpoint().host() + " claims to have a blob it was not sent: "
                    + blob.digest())));
        }
    }

    /** Opens an upload; empty if the blob was taken over from another repository. */
    private Optional<URI> open(String query)
            throws Setback, RegistryException, InterruptedException {
        Query post = Query.withoutBody("POST", session.uri("blobs/uploads/" + query));
        try (Reply reply = session.send(post)) {
            return switch (reply.status()) {
                case 201 -> Optional.empty();
                case 202 -> Optional.of(session.location(reply));
                default -> throw session.failures().refused(reply, "such repository");
            };
        }
    }

    private void put(URI place) throws Setback, RegistryException, InterruptedException {
        String separator = place.getRawQuery() == null ? "?" : "&";
        URI target = URI.create(place + separator + "digest=" + encode(blob.digest().toString()));
        AtomicLong sentBytes = new AtomicLong();
        Query query = new Query("PUT", target, Map.of("Content-Type", "application/octet-stream"),
                () -> body(sentBytes), sentBytes::get);
        report(Progress.Phase.UPLOADING, 0);
        try (Reply reply = session.send(query)) {
            if (!reply.isSuccess()) {
                throw session.failures().refused(reply, "such repository");
            }
        }
    }

    private void abandon(URI place) throws Setback, RegistryException, InterruptedException {
        session.send(Query.withoutBody("DELETE", place)).close();
    }

    private BodyPublisher body(AtomicLong sentBytes) {
        if (blob.sizeBytes() == 0) {
            return BodyPublishers.noBody();
        }
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> open(sentBytes)), blob.sizeBytes());
    }

    private InputStream open(AtomicLong sentBytes) {
        sentBytes.set(0);
        try {
            return new Counted(store.open(blob.digest()), sentBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void report(Progress.Phase phase, long doneBytes) {
        progress.report(blob.digest(), phase, doneBytes, blob.sizeBytes());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Counts what is read, which is what leaves for the network soon. */
    private final class Counted extends FilterInputStream {
        private final AtomicLong sentBytes;
        private long reportedBytes;

        Counted(InputStream in, AtomicLong sentBytes) {
            super(in);
            this.sentBytes = sentBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int got = super.read(target, offset, count);
            if (got > 0) {
                long nowBytes = sentBytes.addAndGet(got);
                if (nowBytes - reportedBytes >= REPORT_STEP_BYTES) {
                    reportedBytes = nowBytes;
                    report(Progress.Phase.UPLOADING, nowBytes);
                }
            }
            return got;
        }
    }
}
