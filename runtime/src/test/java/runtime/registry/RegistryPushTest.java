package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobException;
import runtime.store.BlobStore;
import runtime.store.Progress;

/** Pushes to a registry that misbehaves. */
class RegistryPushTest {
    @TempDir
    Path folder;
    private final SampleImage image = SampleImage.of(3, 900_000, 20, 0);
    private FakeRegistry registry;
    private BlobStore store;
    private Descriptor root;
    private RegistrySettings settings;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        store = BlobStore.open(folder);
        root = image.storeIn(store);
        settings = RegistrySettings.standard().withPatience(new Patience(Duration.ofSeconds(60),
                Duration.ofSeconds(60), 3, Duration.ofMillis(1), Duration.ofSeconds(1),
                duration -> { }, InstantSource.system()));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    @Test
    void sendsAWholeImage() throws Exception {
        Map<Digest, Set<Progress.Phase>> phases = new ConcurrentHashMap<>();
        Digest digest = new RegistryClient(settings).push(reference("app"), root, Optional.empty(),
                store, (blob, phase, done, total) -> phases.computeIfAbsent(
                        blob, any -> ConcurrentHashMap.newKeySet()).add(phase));
        assertEquals(root.digest(), digest);
        assertSent("app");
        assertEquals(image.blobs().keySet(), phases.keySet());
        phases.values().forEach(seen -> assertTrue(seen.containsAll(Set.of(
                Progress.Phase.WAITING, Progress.Phase.UPLOADING, Progress.Phase.DONE))));
        assertTrue(registry.requests("/manifests/1").getFirst().header("Content-Type")
                .orElseThrow().equals(MediaType.OCI_MANIFEST.name()));
    }

    @Test
    void doesNotSendWhatIsThere() throws Exception {
        push("app", List.of());
        int uploads = registry.requests("uploads/").size();
        push("app", List.of());
        assertEquals(uploads, registry.requests("uploads/").size());
    }

    @Test
    void takesOverWhatAnotherRepositoryHas() throws Exception {
        push("team/base", List.of());
        int before = registry.requests("uploads/id").size();
        push("team/app", List.of(reference("team/base"), reference("team/app"),
                Reference.parse("elsewhere.example/x")));
        assertSent("team/app");
        assertEquals(before, registry.requests("uploads/id").size());
    }

    @Test
    void sendsWhatCannotBeTakenOver() throws Exception {
        push("team/app", List.of(reference("team/none"), reference("team/nothing")));
        assertSent("team/app");
    }

    @Test
    void triesAgainAfterADropAndAServerError() throws Exception {
        registry.next("/v2/app/blobs/uploads/id", (request, wire) -> wire.drop());
        registry.next("/v2/app/blobs/uploads/", (request, wire) ->
                wire.reply(503, Map.of(), new byte[0]));
        registry.next("/v2/app/manifests/1", (request, wire) ->
                wire.reply(500, Map.of(), new byte[0]));
        push("app", List.of());
        assertSent("app");
    }

    @Test
    void uploadsMayGoToAnotherHostWithoutTheLogin() throws Exception {
        try (FakeRegistry storage = new FakeRegistry()) {
            storage.always((request, wire) -> {
                registry.put("/v2/app/blobs/" + Digest.of(request.body()),
                        "application/octet-stream", request.body());
                wire.reply(201, Map.of(), new byte[0]);
            });
            registry.always((request, wire) -> {
                if (request.header("Authorization").isEmpty()) {
                    wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]);
                } else if (request.method().equals("POST")) {
                    wire.reply(202, Map.of("Location", storage.base() + "/up"), new byte[0]);
                } else {
                    registry.serve(request, wire);
                }
            });
            new RegistryClient(settings).push(reference("app"), root,
                    Optional.of(new Credentials.Login("bob", "pw")), store, Progress.SILENT);
            assertSent("app");
            assertEquals(image.blobs().size(), storage.requests().size());
            assertTrue(storage.requests().stream().allMatch(
                    request -> request.header("Authorization").isEmpty()));
        }
    }

    @Test
    void aStalledUploadIsGivenUp() {
        settings = settings.withPatience(new Patience(Duration.ofSeconds(5),
                Duration.ofMillis(20), 1, Duration.ofMillis(1), Duration.ofSeconds(1),
                duration -> { }, InstantSource.system()));
        registry.always((request, wire) -> {
            if (!request.method().equals("PUT")) {
                registry.serve(request, wire);
            }
        });
        assertTrue(fails(Reason.UNREACHABLE).contains("stalled"));
    }

    @Test
    void refusalsAreNamed() {
        registry.always((request, wire) -> wire.reply(
                request.method().equals("HEAD") ? 404 : 403, Map.of(), new byte[0]));
        assertTrue(fails(Reason.DENIED).contains("does not allow it"));
        registry.always((request, wire) -> wire.reply(
                request.method().equals("HEAD") ? 404 : 202, Map.of(), new byte[0]));
        assertTrue(fails(Reason.INVALID).contains("without saying where"));
        registry.always((request, wire) -> wire.reply(request.method().equals("HEAD") ? 404 : 202,
                Map.of("Location", "file:///etc/passwd"), new byte[0]));
        fails(Reason.INVALID);
        registry.always((request, wire) -> wire.reply(request.method().equals("HEAD") ? 200 : 201,
                Map.of("Docker-Content-Digest", "sha256:1\u0007"), new byte[0]));
        assertTrue(fails(Reason.INVALID).contains("stored the manifest as"));
    }

    @Test
    void sendsAllImagesOfAnIndexAndFirstWhatIsPointedTo() throws Exception {
        SampleImage other = SampleImage.of(4, 30);
        Index index = new Index(MediaType.OCI_INDEX, List.of(
                root.withPlatform(Platform.linux("amd64")),
                other.manifest().descriptor().withPlatform(Platform.linux("arm64"))), Map.of());
        store.add(index.toJson());
        Descriptor all = Descriptor.of(MediaType.OCI_INDEX, index.toJson());
        RegistryException failure = assertThrows(RegistryException.class,
                () -> new RegistryClient(settings).push(reference("app"), all, Optional.empty(),
                        store, Progress.SILENT));
        assertTrue(failure.getMessage().contains("an image for linux/arm64"),
                failure.getMessage());
        assertEquals(List.of(), registry.requests());

        other.storeIn(store);
        new RegistryClient(settings).push(
                reference("app"), all, Optional.empty(), store, Progress.SILENT);
        assertArrayEquals(index.toJson(), registry.content("/v2/app/manifests/1"));
        assertArrayEquals(other.manifest().toJson(), registry.content(
                "/v2/app/manifests/" + other.manifest().descriptor().digest()));
        assertTrue(registry.requests().getLast().path().endsWith("/manifests/1"));
    }

    @Test
    void damageInTheStoreIsNotSpread() throws Exception {
        store.delete(image.layer(0).digest());
        assertEquals(BlobException.Reason.MISSING, assertThrows(BlobException.class,
                () -> push("app", List.of())).reason());
        Files.write(store.path(image.layer(0).digest()), new byte[3]);
        assertTrue(fails(Reason.INVALID).contains("its manifest says"));
        Files.write(store.path(root.digest()), new byte[3]);
        assertEquals(BlobException.Reason.WRONG_DIGEST, assertThrows(BlobException.class,
                () -> push("app", List.of())).reason());
    }

    private void push(String repository, List<Reference> known) throws Exception {
        new RegistryClient(settings).push(reference(repository), root, Optional.empty(), store,
                Progress.SILENT, known);
    }

    private String fails(Reason reason) {
        RegistryException failure =
                assertThrows(RegistryException.class, () -> push("app", List.of()));
        assertEquals(reason, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().startsWith("cannot push "), failure.getMessage());
        return failure.getMessage();
    }

    private Reference reference(String repository) throws ImageFormatException {
        return Reference.parse(registry.host() + "/" + repository + ":1");
    }

    private void assertSent(String repository) {
        image.blobs().forEach((digest, bytes) -> assertArrayEquals(
                bytes, registry.content("/v2/" + repository + "/blobs/" + digest)));
        assertArrayEquals(image.manifest().toJson(),
                registry.content("/v2/" + repository + "/manifests/1"));
    }
}
