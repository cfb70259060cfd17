package runtime.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;
import runtime.image.ImageFormatException;
import runtime.image.MediaType;
import runtime.registry.RegistryException.Reason;

/** One repository at one address, for the time of a pull or push. Safe for several threads. */
final class RegistrySession implements AutoCloseable {
    private static final int AUTHORIZATION_ROUNDS = 3;

    private final Endpoint endpoint;
    private final String repository;
    private final Patience patience;
    private final Transport transport;
    private final Authenticator authenticator;
    private final Failures failures;
    private volatile boolean reached;

    RegistrySession(Endpoint endpoint, String repository, List<String> scopes,
            Optional<Credentials> credentials, RegistrySettings settings, Authorities authorities,
            Failures failures) {
        this.endpoint = endpoint;
        this.repository = repository;
        this.patience = settings.patience();
        this.failures = failures;
        this.transport = new Transport(settings, endpoint, authorities, failures);
        Optional<Credentials> allowed = endpoint.mirror() ? Optional.empty() : credentials;
        this.authenticator = new Authenticator(
                endpoint, allowed, scopes, settings, transport, failures);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Patience patience() {
        return patience;
    }

    /** True once it has answered as a registry might. */
    boolean reached() {
        return reached;
    }

    Failures failures() {
        return failures;
    }

    /** {@code BASE/v2/REPOSITORY/tail}; {@code tail} holds no text from outside unchecked. */
    URI uri(String tail) {
        return URI.create(endpoint.base() + "/v2/" + repository + "/" + tail);
    }

    /** Where an upload goes on, as the server says it. */
    URI location(Reply reply) throws RegistryException {
        String location = reply.header("Location").orElseThrow(() -> failures.failure(
                Reason.INVALID, endpoint.host() + " opened an upload without saying where"));
        return transport.target(reply.uri(), location);
    }

    /** Asks whether the registry speaks the protocol and accepts the login (GET /v2/). */
    void ping() throws RegistryException, InterruptedException {
        Query query = Query.get(URI.create(endpoint.base() + "/v2/"));
        Attempts.run(patience, () -> {
            try (Reply reply = send(query)) {
                if (!reply.isSuccess()) {
                    throw failures.refused(reply, "registry of version 2");
                }
                return null;
            }
        });
    }

    /**
     * Sends once, answering a demand for authorization. The reply may have any status.
     *
     * @throws Setback if the connection failed in a way that may pass
     */
    Reply send(Query query) throws Setback, RegistryException, InterruptedException {
        for (int round = 1; ; round++) {
            boolean own = Transport.origin(query.uri()).equals(Transport.origin(endpoint.base()));
            Optional<String> header = own ? authenticator.header() : Optional.empty();
            Reply reply;
            try {
                reply = transport.send(query, header);
            } catch (IOException e) {
                throw broken(e, query.uri());
            }
            // A TLS port answers plain HTTP with 400; that is no answer of a registry.
            reached |= reply.status() != 400;
            if (reply.status() != 401 || !own || round == AUTHORIZATION_ROUNDS) {
                return reply;
            }
            List<Challenge> challenges =
                    Challenge.parse(reply.headers().allValues("WWW-Authenticate"));
            if (!authenticator.answer(challenges, header)) {
                return reply;
            }
            reply.close();
        }
    }

    /** Puts a broken connection into words: thrown, or returned as a setback if it may pass. */
    Setback broken(IOException cause, URI uri) throws RegistryException, InterruptedException {
        if (cause instanceof InterruptedIOException
                && !(cause instanceof java.net.SocketTimeoutException) && Thread.interrupted()) {
            throw new InterruptedException(cause.getMessage());
        }
        RegistryException failure = failures.of(cause, uri);
        if (Failures.mayPass(cause, reached)) {
            return new Setback(failure, Optional.empty());
        }
        throw failure;
    }

    /** A manifest or index as it was sent, with what it is. */
    record Fetched(Descriptor descriptor, byte[] bytes, ImageDocument document) { }

    /** Fetches the manifest or index of a tag. */
    Fetched manifest(String tag) throws RegistryException, InterruptedException {
        return Attempts.run(patience, () -> manifestOnce(tag, Optional.empty()));
    }

    /** Fetches the manifest or index of a digest, and checks that it is that one. */
    Fetched manifest(Digest digest) throws RegistryException, InterruptedException {
        return Attempts.run(patience, () -> manifestOnce(digest.toString(), Optional.of(digest)));
    }

    private Fetched manifestOnce(String name, Optional<Digest> pinned)
            throws Setback, RegistryException, InterruptedException {
        Query query = Query.get(uri("manifests/" + name)).withHeader("Accept", String.join(", ",
                MediaType.acceptedDocuments().stream().map(MediaType::name).toList()));
        try (Reply reply = send(query)) {
            if (!reply.isSuccess()) {
                throw failures.refused(reply, "such image");
            }
            Optional<byte[]> bytes;
            try {
                bytes = reply.readBody(ImageDocument.LIMIT_BYTES);
            } catch (IOException e) {
                throw broken(e, reply.uri());
            }
            return check(reply, bytes.orElseThrow(() -> failures.failure(Reason.INVALID,
                    "the manifest at " + reply.uri().getRawAuthority() + " is larger than "
                    + ImageDocument.LIMIT_BYTES + " bytes")), pinned);
        }
    }

    private Fetched check(Reply reply, byte[] bytes, Optional<Digest> pinned)
            throws RegistryException {
        try {
            Optional<String> claimed = reply.header("Docker-Content-Digest");
            if (pinned.isPresent() && !pinned.get().matches(bytes)) {
                throw failures.failure(Reason.INVALID, endpoint.host() + " sent another manifest"
                        + " (" + Digest.of(pinned.get().algorithm(), bytes) + ") than the one"
                        + " asked for (" + pinned.get() + ")");
            }
            if (claimed.isPresent() && !Digest.parse(claimed.get()).matches(bytes)) {
                throw failures.failure(Reason.INVALID, "the manifest from " + endpoint.host()
                        + " is damaged: it is " + Digest.of(bytes) + ", not " + claimed.get());
            }
            Optional<String> typeText = reply.header("Content-Type");
            Optional<MediaType> type = typeText.isEmpty() ? Optional.empty()
                    : Optional.of(MediaType.parse(typeText.get()));
            ImageDocument document = ImageDocument.parse(bytes, type);
            Digest digest = pinned.orElseGet(() -> Digest.of(bytes));
            return new Fetched(new Descriptor(document.mediaType(), digest, bytes.length), bytes,
                    document);
        } catch (ImageFormatException e) {
            throw failures.failure(Reason.INVALID, endpoint.host() + " sent no usable manifest: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
