package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.BlobWriter;
import runtime.store.Progress;

/** Pulls from a registry that misbehaves in every way we could think of. */
class RegistryPullTest {
    private static final Platform AMD64 = Platform.linux("amd64");
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Credentials LOGIN = new Credentials.Login("bob", "sécret:1");

    @TempDir
    Path folder;
    private final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    private final SampleImage image = SampleImage.of(1, 400_000, 300_000, 10);
    private FakeRegistry registry;
    private BlobStore store;
    private RegistrySettings settings;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        registry.putImage(image, "team/app", "1");
        store = BlobStore.open(folder.resolve("images"));
        settings = RegistrySettings.standard().withPatience(new Patience(Duration.ofSeconds(5),
                Duration.ofSeconds(5), 4, Duration.ofMillis(100), Duration.ofSeconds(60),
                sleeps::add, InstantSource.fixed(NOW)));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    @Test
    void fetchesAWholeImage() throws Exception {
        Map<Digest, Set<Progress.Phase>> phases = new ConcurrentHashMap<>();
        PulledManifest pulled = new RegistryClient(settings).pull(reference("1"), AMD64,
                Optional.empty(), store, (blob, phase, done, total) ->
                        phases.computeIfAbsent(blob, any -> ConcurrentHashMap.newKeySet())
                                .add(phase));
        assertEquals(image.manifest(), pulled.content());
        assertEquals(image.manifest().descriptor(), pulled.root());
        assertWhole();
        assertArrayEquals(image.manifest().toJson(),
                store.read(pulled.descriptor().digest(), 1 << 20));
        assertEquals(image.blobs().keySet(), phases.keySet());
        phases.values().forEach(seen -> assertTrue(seen.containsAll(Set.of(
                Progress.Phase.WAITING, Progress.Phase.DOWNLOADING, Progress.Phase.DONE))));
        assertEquals(List.of(), sleeps);
    }

    @Test
    void doesNotFetchWhatIsThere() throws Exception {
        store.add(image.layerBytes(0));
        pull();
        assertWhole();
        assertEquals(List.of(), registry.requests(image.layer(0).digest().toString()));
        int before = registry.requests().size();
        pull();
        assertEquals(before + 1, registry.requests().stream()
                .filter(request -> !request.method().isEmpty()).count());
    }

    @Test
    void sameLayerTwiceIsFetchedOnce() throws Exception {
        Manifest twice = new Manifest(MediaType.OCI_MANIFEST, image.manifest().config(),
                List.of(image.layer(0), image.layer(1), image.layer(0)), Map.of());
        registry.putManifest(twice, "team/app", "twice");
        assertEquals(twice, pull("twice").content());
        assertEquals(1, registry.requests(image.layer(0).digest().toString()).size());
    }

    @Test
    void goesOnWithARangeAfterADrop() throws Exception {
        byte[] layer = image.layerBytes(0);
        registry.next(layerPath(0), (request, wire) -> {
            wire.head(200, Map.of(), layer.length);
            wire.out().write(layer, 0, 100_000);
            wire.out().flush();
            wire.drop();
        });
        pull();
        assertWhole();
        List<FakeRegistry.Request> requests = registry.requests(image.layer(0).digest().toString());
        assertEquals(2, requests.size());
        String range = requests.getLast().header("Range").orElseThrow();
        assertTrue(range.matches("bytes=[1-9][0-9]*-"), range);
        assertEquals(1, sleeps.size());
    }

    @Test
    void goesOnWhereAnEarlierPullStopped() throws Exception {
        byte[] layer = image.layerBytes(0);
        try (BlobWriter writer = store.writer(image.layer(0).digest(), layer.length)) {
            writer.write(layer, 0, 12_345);
        }
        pull();
        assertWhole();
        assertEquals("bytes=12345-", registry.requests(image.layer(0).digest().toString())
                .getFirst().header("Range").orElseThrow());
    }

    @Test
    void startsAnewWhereTheServerKnowsNoRanges() throws Exception {
        byte[] layer = image.layerBytes(0);
        try (BlobWriter writer = store.writer(image.layer(0).digest(), layer.length)) {
            writer.write(layer, 0, 12_345);
        }
        registry.next(layerPath(0), (request, wire) -> wire.reply(200, Map.of(), layer));
        pull();
        assertWhole();
    }

    @Test
    void startsAnewAfterARangeIsRefused() throws Exception {
        byte[] layer = image.layerBytes(0);
        try (BlobWriter writer = store.writer(image.layer(0).digest(), layer.length)) {
            writer.write(layer, 0, 12_345);
        }
        registry.next(layerPath(0), (request, wire) -> wire.reply(416, Map.of(), new byte[0]));
        pull();
        assertWhole();
    }

    @Test
    void startsAnewAfterADamagedEarlierPart() throws Exception {
        try (BlobWriter writer = store.writer(image.layer(0).digest(),
                image.layerBytes(0).length)) {
            writer.write(new byte[5_000], 0, 5_000);
        }
        pull();
        assertWhole();
        assertEquals(2, registry.requests(image.layer(0).digest().toString()).size());
    }

    @Test
    void aWrongRangeIsALie() throws Exception {
        byte[] layer = image.layerBytes(0);
        try (BlobWriter writer = store.writer(image.layer(0).digest(), layer.length)) {
            writer.write(layer, 0, 12_345);
        }
        registry.next(layerPath(0), (request, wire) -> wire.reply(206,
                Map.of("Content-Range", "bytes 0-" + (layer.length - 1) + "/" + layer.length),
                layer));
        assertTrue(fails(Reason.INVALID).getMessage().contains("was asked for the bytes from"));
    }

    @Test
    void aStallIsGivenUpAndResumed() throws Exception {
        settings = settings.withPatience(stallAfter(Duration.ofMillis(150)));
        byte[] layer = image.layerBytes(0);
        registry.next(layerPath(0), (request, wire) -> {
            wire.head(200, Map.of(), layer.length);
            wire.out().write(layer, 0, 50_000);
            wire.out().flush();
        });
        pull();
        assertWhole();
        assertTrue(registry.requests(image.layer(0).digest().toString()).getLast()
                .header("Range").isPresent());
    }

    @Test
    void aRegistryThatNeverAnswersIsNamed() {
        settings = settings.withPatience(stallAfter(Duration.ofMillis(100)));
        registry.always((request, wire) -> { });
        RegistryException failure = fails(Reason.UNREACHABLE);
        assertTrue(failure.getMessage().startsWith("cannot pull " + registry.host()
                + "/team/app:1: " + registry.host() + " stalled"), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("(tried 4 times)"), failure.getMessage());
    }

    @Test
    void aServerThatAlwaysDropsIsGivenUp() throws Exception {
        byte[] layer = image.layerBytes(0);
        registry.always((request, wire) -> {
            if (!request.path().equals(layerPath(0))) {
                registry.serve(request, wire);
                return;
            }
            wire.head(200, Map.of(), layer.length);
            wire.drop();
        });
        assertTrue(fails(Reason.UNREACHABLE).getMessage().contains("tried 4 times"));
    }

    @Test
    void aServerThatDripsAndDropsIsGivenUpToo() throws Exception {
        byte[] layer = image.layerBytes(0);
        registry.always((request, wire) -> {
            if (!request.path().equals(layerPath(0))) {
                registry.serve(request, wire);
                return;
            }
            int from = request.header("Range").map(range ->
                    Integer.parseInt(range.replaceAll("[^0-9]", ""))).orElse(0);
            wire.head(206, Map.of("Content-Range", "bytes " + from + "-" + (layer.length - 1)
                    + "/" + layer.length), layer.length - from);
            wire.out().write(layer, from, 1);
            wire.out().flush();
            wire.drop();
        });
        fails(Reason.UNREACHABLE);
        assertTrue(registry.requests(image.layer(0).digest().toString()).size() <= 200);
    }

    @Test
    void liesAboutTheLengthAreFound() throws Exception {
        byte[] layer = image.layerBytes(0);
        registry.next(layerPath(0), (request, wire) -> wire.reply(200, Map.of(),
                java.util.Arrays.copyOf(layer, layer.length + 1)));
        assertTrue(fails(Reason.INVALID).getMessage().contains("by the manifest it must be"));
        registry.next(layerPath(0), (request, wire) -> wire.reply(200, Map.of(),
                java.util.Arrays.copyOf(layer, layer.length - 1)));
        assertTrue(fails(Reason.INVALID).getMessage().contains("by the manifest it must be"));
        registry.next(layerPath(0), (request, wire) -> {
            wire.head(200, Map.of("Connection", "close"), -1);
            wire.out().write(java.util.Arrays.copyOf(layer, layer.length + 1));
            wire.out().flush();
            wire.drop();
        });
        assertTrue(fails(Reason.INVALID).getMessage().contains("sent more than the"));
        assertFalse(store.contains(image.layer(0).digest()));
    }

    @Test
    void aShortBodyWithoutLengthIsResumed() throws Exception {
        byte[] layer = image.layerBytes(0);
        registry.next(layerPath(0), (request, wire) -> {
            wire.head(200, Map.of("Connection", "close"), -1);
            wire.out().write(layer, 0, layer.length - 10);
            wire.out().flush();
            wire.drop();
        });
        pull();
        assertWhole();
        assertEquals("bytes=" + (layer.length - 10) + "-", registry
                .requests(image.layer(0).digest().toString()).getLast().header("Range").get());
    }

    @Test
    void wrongContentIsRefusedAndNotKept() throws Exception {
        byte[] other = image.layerBytes(0).clone();
        other[1000]++;
        registry.put(layerPath(0), "application/octet-stream", other);
        RegistryException failure = fails(Reason.INVALID);
        assertTrue(failure.getMessage().contains("sent wrong content"), failure.getMessage());
        assertFalse(store.contains(image.layer(0).digest()));
        assertFalse(store.contains(image.manifest().descriptor().digest()));
        assertFalse(partials().stream().anyMatch(
                name -> name.contains(image.layer(0).digest().hex())));
    }

    @Test
    void serverErrorsArePassing() throws Exception {
        for (int status : new int[] {500, 502, 503, 504}) {
            registry.next("/v2/team/app/manifests/" + (status == 500 ? "1" : status),
                    (request, wire) -> wire.reply(status, Map.of(), new byte[0]));
        }
        registry.next(layerPath(1), (request, wire) -> wire.reply(502, Map.of(), new byte[0]));
        pull();
        assertWhole();
        assertEquals(2, sleeps.size());
    }

    @Test
    void serverErrorsThatStayAreNamed() {
        registry.always((request, wire) -> wire.reply(500, Map.of(),
                "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"disk \\u001b[31mbroken\"}]}"
                        .getBytes(StandardCharsets.UTF_8)));
        String message = fails(Reason.SERVER).getMessage();
        assertTrue(message.contains("500") && message.contains("broken"), message);
        assertFalse(message.contains("\u001b"), message);
        assertEquals(3, sleeps.size());
        assertTrue(sleeps.get(2).compareTo(Duration.ofMillis(400)) >= 0, sleeps.toString());
    }

    @Test
    void retryAfterIsObeyed() throws Exception {
        registry.next("/v2/team/app/manifests/1", (request, wire) -> wire.reply(429,
                Map.of("Retry-After", "7"), new byte[0]));
        registry.next("/v2/team/app/manifests/1", (request, wire) -> wire.reply(503,
                Map.of("Retry-After", "Mon, 23 Nov 2026 12:00:30 GMT"), new byte[0]));
        registry.next("/v2/team/app/manifests/1", (request, wire) -> wire.reply(429,
                Map.of("Retry-After", "soon"), new byte[0]));
        pull();
        assertEquals(3, sleeps.size());
        assertEquals(7, sleeps.get(0).toSeconds(), 2);
        assertTrue(sleeps.get(1).toSeconds() >= 30, sleeps.toString());
        assertTrue(sleeps.get(2).toSeconds() < 1, sleeps.toString());
    }

    @Test
    void aLongRetryAfterIsSaidInsteadOfWaited() {
        registry.always((request, wire) -> wire.reply(429, Map.of("Retry-After", "21600"),
                new byte[0]));
        String message = fails(Reason.LIMITED).getMessage();
        assertTrue(message.contains("21600 s") && message.contains("jctl login"), message);
        assertEquals(List.of(), sleeps);
    }

    @Test
    void missingImagesAreNamed() {
        RegistryException failure = assertThrows(RegistryException.class, () -> pull("2"));
        assertEquals(Reason.NOT_FOUND, failure.reason());
        assertEquals("cannot pull " + registry.host() + "/team/app:2: " + registry.host()
                + " has no such image (404 \"manifest unknown\"); check the name",
                failure.getMessage());
    }

    @Test
    void refusalsSayWhatToDo() {
        registry.always((request, wire) -> wire.reply(403, Map.of(), new byte[0]));
        assertTrue(fails(Reason.DENIED).getMessage()
                .contains("jctl login " + registry.host()));
        registry.always((request, wire) -> wire.reply(401, Map.of(), new byte[0]));
        assertTrue(fails(Reason.UNAUTHORIZED).getMessage().contains("wants a login"));
        registry.always((request, wire) -> wire.reply(401,
                Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]));
        assertTrue(fails(Reason.UNAUTHORIZED).getMessage().contains("wants a login"));
        registry.always((request, wire) -> wire.reply(418, Map.of(), new byte[0]));
        fails(Reason.INVALID);
    }

    @Test
    void basicLoginIsGivenWhenAsked() throws Exception {
        String expected = "Basic " + Base64.getEncoder().encodeToString(
                "bob:sécret:1".getBytes(StandardCharsets.UTF_8));
        registry.always((request, wire) -> {
            if (request.header("Authorization").orElse("").equals(expected)) {
                registry.serve(request, wire);
            } else {
                wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]);
            }
        });
        assertEquals(image.manifest(), pull("1", Optional.of(LOGIN)).content());
        assertWhole();
        new RegistryClient(settings).login(registry.host(), LOGIN);
        RegistryException failure = assertThrows(RegistryException.class,
                () -> new RegistryClient(settings).login(registry.host(),
                        new Credentials.Login("bob", "wrong")));
        assertTrue(failure.getMessage().contains("refused the login"), failure.getMessage());
        assertFalse(failure.getMessage().contains("wrong"), failure.getMessage());
    }

    @Test
    void tokensAreFetchedAndRenewed() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            List<String> valid = new CopyOnWriteArrayList<>();
            tokens.always((request, wire) -> {
                valid.add("t" + valid.size());
                wire.reply(200, Map.of(), ("{\"token\":\"" + valid.getLast()
                        + "\",\"expires_in\":60}").getBytes(StandardCharsets.UTF_8));
            });
            registry.always((request, wire) -> {
                boolean expired = request.path().equals(layerPath(1)) && valid.size() < 2;
                if (!expired && !valid.isEmpty() && request.header("Authorization").orElse("")
                        .equals("Bearer " + valid.getLast())) {
                    registry.serve(request, wire);
                } else {
                    wire.reply(401, Map.of("WWW-Authenticate", "Bearer realm=\"" + tokens.base()
                            + "/token?x=1\",service=\"the registry\",error=\"invalid_token\""),
                            new byte[0]);
                }
            });
            pull();
            assertWhole();
            FakeRegistry.Request asked = tokens.requests().getFirst();
            assertEquals("x=1&service=the+registry&scope=repository%3Ateam%2Fapp%3Apull"
                    + "&client_id=jctl", asked.query());
            assertEquals(Optional.empty(), asked.header("Authorization"));
            assertEquals(2, tokens.requests().size());
        }
    }

    @Test
    void loginsGoToTheTokenServerNotToTheRegistry() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            tokens.always((request, wire) -> wire.reply(200, Map.of(),
                    "{\"access_token\":\"abc\"}".getBytes(StandardCharsets.UTF_8)));
            registry.always((request, wire) -> {
                if (request.header("Authorization").orElse("").equals("Bearer abc")) {
                    registry.serve(request, wire);
                } else {
                    wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\", Bearer realm=\""
                            + tokens.base() + "/token\",service=s"), new byte[0]);
                }
            });
            assertEquals(image.manifest(), pull("1", Optional.of(LOGIN)).content());
            assertTrue(tokens.requests().getFirst().header("Authorization").orElseThrow()
                    .startsWith("Basic "));
            assertTrue(tokens.requests().getFirst().query().contains("account=bob"));
            assertTrue(registry.requests().stream().noneMatch(request ->
                    request.header("Authorization").orElse("").startsWith("Basic ")));
            pull("1", Optional.of(new Credentials.IdentityToken("r/1")));
            FakeRegistry.Request refresh = tokens.requests().getLast();
            assertEquals("POST", refresh.method());
            assertEquals("grant_type=refresh_token&client_id=jctl&refresh_token=r%2F1&service=s"
                    + "&scope=repository%3Ateam%2Fapp%3Apull",
                    new String(refresh.body(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void maliciousTokenServersAreSurvived() throws Exception {
        try (FakeRegistry tokens = new FakeRegistry()) {
            registry.always((request, wire) -> wire.reply(401, Map.of("WWW-Authenticate",
                    "Bearer realm=\"" + tokens.base() + "/token\""), new byte[0]));
            for (String reply : List.of("", "[]", "{}", "{\"token\":1}", "{\"token\":\"\"}",
                    "{\"token\":\"a\\r\\nX-Evil: 1\"}", "{\"token\":\"\\u00e9\"}",
                    "{\"a\":".repeat(5000), " ".repeat(2 << 20))) {
                tokens.always((request, wire) -> wire.reply(200, Map.of(),
                        reply.getBytes(StandardCharsets.UTF_8)));
                fails(Reason.INVALID);
            }
            tokens.always((request, wire) -> wire.reply(401, Map.of(), new byte[0]));
            fails(Reason.UNAUTHORIZED);
            tokens.always((request, wire) -> wire.reply(302,
                    Map.of("Location", tokens.base() + "/again"), new byte[0]));
            fails(Reason.INVALID);
        }
        for (String realm : List.of("file:///etc/passwd", "/token", "http://", "http:///x", "::",
                "http://user:pw@127.0.0.1/", "ftp://127.0.0.1/", "jar:http://x!/y")) {
            registry.always((request, wire) -> wire.reply(401, Map.of("WWW-Authenticate",
                    "Bearer realm=\"" + realm + "\""), new byte[0]));
            assertTrue(fails(Reason.INVALID).getMessage().contains("authorization server"));
        }
    }

    @Test
    void redirectsAreFollowedWithoutTheLogin() throws Exception {
        try (FakeRegistry storage = new FakeRegistry()) {
            storage.put("/signed", "application/octet-stream", image.layerBytes(0));
            registry.always((request, wire) -> {
                if (request.header("Authorization").isEmpty()) {
                    wire.reply(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), new byte[0]);
                } else if (request.path().equals(layerPath(0))) {
                    wire.reply(307, Map.of("Location", storage.base() + "/signed?key=1"),
                            new byte[0]);
                } else if (request.path().equals(layerPath(1))) {
                    wire.reply(302, Map.of("Location", "/elsewhere"), new byte[0]);
                } else if (request.path().equals("/elsewhere")) {
                    wire.reply(200, Map.of(), image.layerBytes(1));
                } else {
                    registry.serve(request, wire);
                }
            });
            pull("1", Optional.of(LOGIN));
            assertWhole();
            assertEquals(Optional.empty(), storage.requests().getFirst().header("Authorization"));
            assertTrue(registry.requests("/elsewhere").getFirst().header("Authorization")
                    .isPresent());
        }
    }

    @Test
    void badRedirectsAreRefused() {
        for (String location : List.of("file:///etc/passwd", "http://:80/", "::", "ftp://x/",
                "http://u:p@127.0.0.1/", "/v2/team/app/blobs/" + image.layer(0).digest())) {
            registry.always((request, wire) -> {
                if (request.path().equals(layerPath(0))) {
                    wire.reply(307, Map.of("Location", location), new byte[0]);
                } else {
                    registry.serve(request, wire);
                }
            });
            fails(Reason.INVALID);
        }
    }

    @Test
    void mirrorsComeFirstAndGetNoLogin() throws Exception {
        try (FakeRegistry mirror = new FakeRegistry(); FakeRegistry dead = new FakeRegistry()) {
            dead.always((request, wire) -> wire.reply(404, Map.of(), new byte[0]));
            mirror.putImage(image, "team/app", "1");
            settings = settings.withMirrors(Map.of(registry.host(),
                    List.of(dead.base(), java.net.URI.create(mirror.base() + "/"))));
            pull("1", Optional.of(LOGIN));
            assertWhole();
            assertEquals(List.of(), registry.requests());
            assertEquals(1, dead.requests().size());
            assertTrue(mirror.requests().stream().allMatch(
                    request -> request.header("Authorization").isEmpty()));
            mirror.always((request, wire) -> wire.drop());
            Manifest other = SampleImage.of(9, 10).manifest();
            registry.putImage(SampleImage.of(9, 10), "team/app", "2");
            assertEquals(other, pull("2").content());
        }
    }

    @Test
    void unknownThingsAreRefused() {
        byte[] html = "<html>".getBytes(StandardCharsets.UTF_8);
        registry.put("/v2/team/app/manifests/1", "text/html", html);
        assertTrue(fails(Reason.INVALID).getMessage().contains("no usable manifest"));
        registry.put("/v2/team/app/manifests/1", "application/vnd.oci.image.index.v1+json",
                image.manifest().toJson());
        assertTrue(fails(Reason.INVALID).getMessage().contains("calls itself"));
        registry.put("/v2/team/app/manifests/1", "not a type", image.manifest().toJson());
        assertTrue(fails(Reason.INVALID).getMessage().contains("not a media type"));
        registry.put("/v2/team/app/manifests/1", "application/x-thing",
                "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8));
        assertTrue(fails(Reason.INVALID).getMessage().contains("application/x-thing"));
        registry.put("/v2/team/app/manifests/1",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "{\"schemaVersion\":1}".getBytes(StandardCharsets.UTF_8));
        assertTrue(fails(Reason.INVALID).getMessage().contains("schema 1"));
    }

    @Test
    void hugeManifestsAreNotRead() {
        registry.always((request, wire) -> wire.head(200, Map.of(), 1L << 40));
        assertTrue(fails(Reason.INVALID).getMessage().contains("larger than"));
        registry.always((request, wire) -> {
            wire.head(200, Map.of("Connection", "close"), -1);
            byte[] spaces = new byte[1 << 16];
            while (true) {
                wire.out().write(spaces);
            }
        });
        assertTrue(fails(Reason.INVALID).getMessage().contains("larger than "
                + ImageDocument.LIMIT_BYTES));
    }

    @Test
    void hugeLayersAreNotFetched() {
        settings = settings.withLayerLimitBytes(100_000);
        assertTrue(fails(Reason.INVALID).getMessage().contains("at most 100000"));
        assertEquals(1, registry.requests().size());
    }

    @Test
    void aDiskThatIsTooSmallIsNoticedBefore() {
        Descriptor huge = new Descriptor(
                MediaType.OCI_LAYER, Digest.of(new byte[] {1}), 60L << 30);
        List<Descriptor> layers = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            layers.add(new Descriptor(MediaType.OCI_LAYER,
                    Digest.of(new byte[] {(byte) i, (byte) (i >> 8)}), huge.sizeBytes()));
        }
        registry.putManifest(new Manifest(MediaType.OCI_MANIFEST, image.manifest().config(),
                layers, Map.of()), "team/app", "huge");
        IOException failure = assertThrows(IOException.class, () -> pull("huge"));
        assertTrue(failure.getMessage().contains("MiB are needed"), failure.getMessage());
        assertEquals(1, registry.requests().size());
    }

    @Test
    void picksThePlatformOfAnIndex() throws Exception {
        Descriptor amd64 = registry.putManifest(image.manifest(), "team/app", "amd64")
                .withPlatform(AMD64);
        SampleImage other = SampleImage.of(2, 20);
        registry.putImage(other, "team/app", "arm64");
        Index index = new Index(MediaType.OCI_INDEX, List.of(
                other.manifest().descriptor().withPlatform(Platform.linux("arm64")), amd64),
                Map.of());
        Descriptor root = registry.putManifest(index, "team/app", "multi");
        PulledManifest pulled = pull("multi");
        assertEquals(image.manifest(), pulled.content());
        assertEquals(Optional.of(root), pulled.index());
        assertTrue(store.contains(root.digest()) && store.contains(amd64.digest()));
        assertFalse(store.contains(other.manifest().descriptor().digest()));

        RegistryException failure = assertThrows(RegistryException.class,
                () -> new RegistryClient(settings).pull(reference("multi"),
                        Platform.linux("riscv64"), Optional.empty(), store, Progress.SILENT));
        assertEquals(Reason.PLATFORM, failure.reason());
        assertTrue(failure.getMessage().contains("linux/arm64, linux/amd64"));
    }

    @Test
    void anIndexThatPointsToItselfOrLiesIsRefused() {
        Index deep = new Index(MediaType.OCI_INDEX, List.of(), Map.of());
        for (int depth = 0; depth < 5; depth++) {
            Descriptor inner = registry.putManifest(deep, "team/app", "deep");
            deep = new Index(MediaType.OCI_INDEX, List.of(inner.withPlatform(AMD64)), Map.of());
        }
        registry.putManifest(deep, "team/app", "deep");
        assertTrue(assertThrows(RegistryException.class, () -> pull("deep")).getMessage()
                .contains("nested"));
        Descriptor real = image.manifest().descriptor();
        registry.putManifest(new Index(MediaType.OCI_INDEX, List.of(new Descriptor(
                real.mediaType(), real.digest(), real.sizeBytes() + 1).withPlatform(AMD64)),
                Map.of()), "team/app", "lying");
        assertTrue(assertThrows(RegistryException.class, () -> pull("lying")).getMessage()
                .contains("other length"));
    }

    @Test
    void pinnedDigestsAreChecked() throws Exception {
        Digest digest = image.manifest().descriptor().digest();
        Reference pinned = reference("1").withDigest(digest);
        assertEquals(image.manifest(), new RegistryClient(settings).pull(
                pinned, AMD64, Optional.empty(), store, Progress.SILENT).content());
        registry.put("/v2/team/app/manifests/" + digest, MediaType.OCI_MANIFEST.name(),
                SampleImage.of(5, 10).manifest().toJson());
        RegistryException failure = assertThrows(RegistryException.class,
                () -> new RegistryClient(settings).pull(
                        pinned, AMD64, Optional.empty(), store, Progress.SILENT));
        assertTrue(failure.getMessage().contains("sent another manifest"));
    }

    @Test
    void theClaimedDigestIsChecked() {
        registry.next("/v2/team/app/manifests/1", (request, wire) -> wire.reply(200,
                Map.of("Docker-Content-Digest", Digest.of(new byte[0]).toString()),
                image.manifest().toJson()));
        assertTrue(fails(Reason.INVALID).getMessage().contains("is damaged"));
        registry.next("/v2/team/app/manifests/1", (request, wire) -> wire.reply(200,
                Map.of("Docker-Content-Digest", "nonsense"), image.manifest().toJson()));
        fails(Reason.INVALID);
    }

    @Test
    void unknownHostsAndClosedPortsAreNamed() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RegistryException closed = assertThrows(RegistryException.class, () -> pullFrom(
                "127.0.0.1:" + port + "/x"));
        assertEquals(Reason.UNREACHABLE, closed.reason());
        assertTrue(closed.getMessage().contains("nothing answers at 127.0.0.1:" + port),
                closed.getMessage());
        RegistryException unknown = assertThrows(RegistryException.class,
                () -> pullFrom("no-such-host.invalid/x"));
        assertEquals(Reason.UNREACHABLE, unknown.reason());
        assertTrue(unknown.getMessage().contains("no host named"), unknown.getMessage());
        for (String name : List.of("1.2.3.999/x", "[::::]:5/x", "[.]/x")) {
            assertThrows(RegistryException.class, () -> pullFrom(name));
        }
        assertEquals(List.of(), sleeps);
    }

    @Test
    void garbageInsteadOfHttpIsSurvived() {
        long seed = 77;
        Random random = new Random(seed);
        settings = settings.withPatience(stallAfter(Duration.ofSeconds(5)));
        for (int round = 0; round < 40; round++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            boolean startsWell = round % 2 == 0;
            registry.always((request, wire) -> {
                if (startsWell) {
                    wire.out().write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.UTF_8));
                }
                wire.out().write(garbage);
                wire.out().flush();
                wire.drop();
            });
            assertThrows(RegistryException.class, () -> pull(), "seed " + seed);
        }
    }

    @Test
    void mutatedManifestsNeverDoHarm() throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        byte[] json = image.manifest().toJson();
        for (int round = 0; round < 150; round++) {
            byte[] mutated = json.clone();
            for (int edit = 0; edit <= random.nextInt(3); edit++) {
                mutated[random.nextInt(mutated.length)] = (byte) (32 + random.nextInt(95));
            }
            registry.put("/v2/team/app/manifests/1", MediaType.OCI_MANIFEST.name(), mutated);
            try {
                pull();
            } catch (RegistryException expected) {
                assertTrue(expected.getMessage().startsWith("cannot pull"), "seed " + seed);
            }
        }
    }

    @Test
    void anInterruptStopsAllTransfers() throws Exception {
        java.util.concurrent.CountDownLatch reached = new java.util.concurrent.CountDownLatch(1);
        registry.next(layerPath(0), (request, wire) -> reached.countDown());
        java.util.concurrent.CompletableFuture<Throwable> outcome =
                new java.util.concurrent.CompletableFuture<>();
        Thread puller = Thread.ofVirtual().start(() -> outcome.complete(
                assertThrows(InterruptedException.class, () -> pull())));
        reached.await();
        puller.interrupt();
        assertTrue(outcome.get() instanceof InterruptedException);
        assertFalse(store.contains(image.layer(0).digest()));
        pull();
        assertWhole();
    }

    private PulledManifest pull()
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return pull("1");
    }

    private PulledManifest pull(String tag)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return pull(tag, Optional.empty());
    }

    private PulledManifest pull(String tag, Optional<Credentials> credentials)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return new RegistryClient(settings).pull(
                reference(tag), AMD64, credentials, store, Progress.SILENT);
    }

    private PulledManifest pullFrom(String name)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return new RegistryClient(settings).pull(
                Reference.parse(name), AMD64, Optional.empty(), store, Progress.SILENT);
    }

    private RegistryException fails(Reason reason) {
        RegistryException failure = assertThrows(RegistryException.class, this::pull);
        assertEquals(reason, failure.reason(), failure.getMessage());
        return failure;
    }

    private Reference reference(String tag) throws ImageFormatException {
        return Reference.parse(registry.host() + "/team/app:" + tag);
    }

    private String layerPath(int number) {
        return "/v2/team/app/blobs/" + image.layer(number).digest();
    }

    private Patience stallAfter(Duration stall) {
        Patience patience = settings.patience();
        return new Patience(patience.connect(), stall, patience.attempts(), patience.firstDelay(),
                patience.longestDelay(), patience.sleeper(), patience.clock());
    }

    private void assertWhole() throws IOException {
        for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
            assertArrayEquals(blob.getValue(), store.read(blob.getKey(), 1 << 20));
        }
        assertEquals(List.of(), partials());
    }

    private List<String> partials() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("images/partial"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
