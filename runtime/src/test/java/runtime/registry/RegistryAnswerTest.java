package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageDocument;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.Progress;

/** Pulls from registries whose answers are wrong, huge, hostile or for others. */
class RegistryAnswerTest extends PullFixture {
    @Test
    void missingImagesAreNamed() {
        RegistryException failure = assertThrows(RegistryException.class, () -> pull("2"));
        assertEquals(Reason.NOT_FOUND, failure.reason());
        assertEquals("cannot pull " + registry.host() + "/team/app:2: " + registry.host()
                + " has no such image (404 \"manifest unknown\"); check the name",
                failure.getMessage());
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
}
