package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import runtime.image.Digest;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobWriter;
import runtime.store.Progress;

/** Pulls over connections that break, stall and lie. */
class RegistryPullTest extends PullFixture {
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
        assertEquals(before + 1, registry.requests().size());
    }

    @Test
    void manyLayersComeAFewAtATime() throws Exception {
        SampleImage tall = SampleImage.of(6, IntStream.range(0, 127).map(i -> i + 1).toArray());
        registry.putImage(tall, "team/app", "tall");
        AtomicInteger under = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(settings.parallelTransfers());
        registry.always((request, wire) -> {
            if (!request.path().contains("/blobs/")) {
                registry.serve(request, wire);
                return;
            }
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            full.countDown();
            awaitUninterrupted(full);
            byte[] bytes = registry.content(request.path());
            wire.head(200, Map.of(), bytes.length);
            // Before the last byte: with that the client asks for the next.
            under.decrementAndGet();
            wire.out().write(bytes);
            wire.out().flush();
        });
        assertEquals(127, pull("tall").content().layers().size());
        for (Digest digest : tall.blobs().keySet()) {
            assertTrue(store.contains(digest));
        }
        assertEquals(settings.parallelTransfers(), most.get());
    }

    @Test
    void pullsAtTheSameTimeFetchEachBlobOnce() throws Exception {
        List<CompletableFuture<PulledManifest>> pulls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            CompletableFuture<PulledManifest> pulled = new CompletableFuture<>();
            pulls.add(pulled);
            Thread.ofVirtual().start(() -> {
                try {
                    pulled.complete(pull());
                } catch (Exception e) {
                    pulled.completeExceptionally(e);
                }
            });
        }
        for (CompletableFuture<PulledManifest> pulled : pulls) {
            assertEquals(image.manifest(), pulled.get().content());
        }
        assertWhole();
        for (Digest digest : image.blobs().keySet()) {
            assertEquals(1, registry.requests(digest.toString()).size());
        }
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
        // The HTTP client may forget what it had read when it hears of the drop: no range to ask for then.
        String range = requests.getLast().header("Range").orElse("bytes=1-");
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
        // Many attempts: on a busy machine an honest answer may take that long as well.
        settings = settings.withPatience(stallAfter(Duration.ofMillis(300), 50));
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
        settings = settings.withPatience(stallAfter(Duration.ofMillis(100), 4));
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
        registry.next("/v2/team/app/manifests/1",
                (request, wire) -> wire.reply(500, Map.of(), new byte[0]));
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
    void anInterruptStopsAllTransfers() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        registry.next(layerPath(0), (request, wire) -> reached.countDown());
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread puller = Thread.ofVirtual().start(() -> outcome.complete(
                assertThrows(InterruptedException.class, () -> pull())));
        reached.await();
        puller.interrupt();
        assertTrue(outcome.get() instanceof InterruptedException);
        assertFalse(store.contains(image.layer(0).digest()));
        pull();
        assertWhole();
    }

    private static void awaitUninterrupted(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
