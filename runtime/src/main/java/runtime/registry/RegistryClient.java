package runtime.registry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.registry.RegistrySession.Fetched;
import runtime.store.BlobStore;
import runtime.store.BlobWriter;
import runtime.store.Progress;

/**
 * Pulls images from registries and pushes them (OCI distribution-spec 1.1, docker registry v2).
 * Holds no connection between calls. Safe for several threads.
 */
public final class RegistryClient {
    // An index may point to an index; nobody nests them deeper than this.
    private static final int INDEX_DEPTH_LIMIT = 3;
    private static final int MOUNT_SOURCES_LIMIT = 3;

    private final RegistrySettings settings;
    private final Authorities authorities;

    public RegistryClient(RegistrySettings settings) {
        this.settings = settings;
        this.authorities = new Authorities(settings);
    }

    /**
     * Fetches an image into {@code blobs}: manifest, configuration and layers, each checked against
     * its digest. Blobs that are there are not fetched. The manifest is stored last, so that a
     * stored manifest means a whole image. Mirrors are asked first.
     *
     * @param platform which image of an index is wanted
     * @throws RegistryException in a sentence for people
     * @throws IOException if {@code blobs} cannot be written; a full disk is a
     *         {@link runtime.store.BlobException}
     */
    public PulledManifest pull(Reference reference, Platform platform,
            Optional<Credentials> credentials, BlobStore blobs, Progress progress)
            throws RegistryException, IOException, InterruptedException {
        List<String> scopes = List.of("repository:" + reference.repository() + ":pull");
        List<Endpoint> endpoints =
                new ArrayList<>(Endpoint.mirrors(reference.registry(), settings));
        endpoints.addAll(endpoints(reference.registry()));
        return first(endpoints, "pull " + reference.familiar(), reference, scopes, credentials,
                session -> pull(session, reference, platform, blobs, progress));
    }

    /**
     * Sends an image or an index of images from {@code blobs}.
     *
     * @return the digest under which the registry now has it
     */
    public Digest push(Reference reference, Descriptor manifest,
            Optional<Credentials> credentials, BlobStore blobs, Progress progress)
            throws RegistryException, IOException, InterruptedException {
        return push(reference, manifest, credentials, blobs, progress, List.of());
    }

    /**
     * As above.
     *
     * @param known names of images in the store that share layers with this one: what the registry
     *         has under such a name it takes over instead of receiving it again
     */
    public Digest push(Reference reference, Descriptor manifest,
            Optional<Credentials> credentials, BlobStore blobs, Progress progress,
            List<Reference> known) throws RegistryException, IOException, InterruptedException {
        List<String> sources = known.stream()
                .filter(other -> other.registry().equals(reference.registry()))
                .map(Reference::repository)
                .filter(repository -> !repository.equals(reference.repository()))
                .distinct()
                .limit(MOUNT_SOURCES_LIMIT)
                .toList();
        List<String> scopes = new ArrayList<>();
        scopes.add("repository:" + reference.repository() + ":pull,push");
        sources.forEach(source -> scopes.add("repository:" + source + ":pull"));
        return first(endpoints(reference.registry()), "push " + reference.familiar(), reference,
                scopes, credentials,
                session -> new ImagePush(session, reference, sources, blobs, progress,
                        settings).run(manifest));
    }

    /** Checks that a registry accepts a login. */
    public void login(String registry, Credentials credentials)
            throws RegistryException, IOException, InterruptedException {
        Reference any;
        try {
            any = new Reference(registry, "login", Optional.of(Reference.DEFAULT_TAG),
                    Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new RegistryException(Reason.INVALID, "cannot log in: " + e.getMessage(), e);
        }
        first(endpoints(registry), "log in to " + registry, any, List.of(),
                Optional.of(credentials), session -> {
                    session.ping();
                    return registry;
                });
    }

    /** What is done at the one address that answers. */
    @FunctionalInterface
    private interface Visit<T> {
        T run(RegistrySession session)
                throws RegistryException, IOException, InterruptedException;
    }

    private List<Endpoint> endpoints(String registry) throws IOException, RegistryException {
        return Endpoint.candidates(registry, settings, authorities.hasOwn(registry));
    }

    // A mirror may fail in any way; of the real addresses the next one is tried only if the one
    // before cannot be spoken to (https, then http).
    private <T> T first(List<Endpoint> endpoints, String purpose, Reference reference,
            List<String> scopes, Optional<Credentials> credentials, Visit<T> visit)
            throws RegistryException, IOException, InterruptedException {
        List<RegistryException> failed = new ArrayList<>();
        boolean answered = false;
        for (Endpoint endpoint : endpoints) {
            Failures failures = new Failures(purpose, reference.registry(),
                    credentials.isPresent() && !endpoint.mirror(), settings.patience());
            try (RegistrySession session = new RegistrySession(endpoint, reference.repository(),
                    scopes, credentials, settings, authorities, failures)) {
                try {
                    return visit.run(session);
                } catch (RegistryException e) {
                    failed.add(e);
                    answered = session.reached();
                    // Never on to plain HTTP after the secure address had answered.
                    if (!endpoint.mirror() && answered) {
                        break;
                    }
                }
            }
        }
        throw telling(failed, answered);
    }

    // The last failure is the real registry's. If plain HTTP got only an answer that makes no
    // sense, the reason why TLS failed says more.
    private static RegistryException telling(List<RegistryException> failed, boolean answered) {
        RegistryException told = failed.getLast();
        if (!answered && failed.size() > 1 && told.reason() == Reason.INVALID
                && failed.get(failed.size() - 2).reason() == Reason.TLS) {
            told = failed.get(failed.size() - 2);
        }
        for (RegistryException other : failed) {
            if (other != told) {
                told.addSuppressed(other);
            }
        }
        return told;
    }

    private PulledManifest pull(RegistrySession session, Reference reference, Platform platform,
            BlobStore blobs, Progress progress)
            throws RegistryException, IOException, InterruptedException {
        Fetched root = reference.digest().isPresent()
                ? session.manifest(reference.digest().get())
                : session.manifest(reference.tag().orElseThrow());
        List<Fetched> documents = new ArrayList<>();
        documents.add(root);
        Fetched image = root;
        for (int depth = 0; image.document() instanceof Index index; depth++) {
            if (depth == INDEX_DEPTH_LIMIT) {
                throw session.failures().failure(Reason.INVALID, "its indexes are nested more than "
                        + INDEX_DEPTH_LIMIT + " deep");
            }
            image = entry(session, index, platform);
            documents.add(image);
        }
        Manifest manifest = switch (image.document()) {
            case Manifest found -> found;
            case Index index -> throw new IllegalStateException("an index was left over");
        };
        fetch(session, manifest, blobs, progress);
        for (Fetched document : documents.reversed()) {
            store(document, blobs);
        }
        return new PulledManifest(image.descriptor(), manifest,
                image == root ? Optional.empty() : Optional.of(root.descriptor()));
    }

    private static void store(Fetched document, BlobStore blobs)
            throws IOException, InterruptedException {
        byte[] bytes = document.bytes();
        try (BlobWriter writer = blobs.writer(document.descriptor().digest(), bytes.length)) {
            if (!writer.exists()) {
                writer.restart();
                writer.write(bytes, 0, bytes.length);
            }
            writer.commit();
        }
    }

    private static Fetched entry(RegistrySession session, Index index, Platform platform)
            throws RegistryException, InterruptedException {
        Descriptor entry;
        try {
            entry = index.select(platform);
        } catch (ImageFormatException e) {
            throw session.failures().failure(Reason.PLATFORM, e.getMessage(), e);
        }
        Fetched fetched = session.manifest(entry.digest());
        if (fetched.bytes().length != entry.sizeBytes()
                || !fetched.document().mediaType().equals(entry.mediaType())) {
            throw session.failures().failure(Reason.INVALID, "the manifest " + entry.digest()
                    + " has other length or type than its index says");
        }
        return fetched;
    }

    private void fetch(RegistrySession session, Manifest manifest, BlobStore blobs,
            Progress progress) throws RegistryException, IOException, InterruptedException {
        SequencedSet<Descriptor> wanted = distinct(manifest);
        long missingBytes = 0;
        for (Descriptor blob : wanted) {
            if (blob.sizeBytes() > settings.layerLimitBytes()) {
                throw session.failures().failure(Reason.INVALID, "blob " + blob.digest() + " has "
                        + blob.sizeBytes() + " bytes; at most " + settings.layerLimitBytes()
                        + " are accepted");
            }
            if (!blobs.contains(blob.digest())) {
                missingBytes += Math.min(blob.sizeBytes(), Long.MAX_VALUE - missingBytes);
                progress.report(blob.digest(), Progress.Phase.WAITING, 0, blob.sizeBytes());
            }
        }
        blobs.requireSpace(missingBytes);
        List<ParallelTransfers.Transfer> transfers = new ArrayList<>();
        for (Descriptor blob : wanted) {
            transfers.add(() -> new BlobDownload(session, blob, blobs, progress).run());
        }
        ParallelTransfers.run(transfers, settings.parallelTransfers());
    }

    // The same layer may stand in a manifest several times, with annotations that differ.
    static SequencedSet<Descriptor> distinct(Manifest manifest) {
        Map<Digest, Descriptor> byDigest = new LinkedHashMap<>();
        byDigest.put(manifest.config().digest(), manifest.config());
        manifest.layers().forEach(layer -> byDigest.putIfAbsent(layer.digest(), layer));
        return new LinkedHashSet<>(byDigest.values());
    }
}
