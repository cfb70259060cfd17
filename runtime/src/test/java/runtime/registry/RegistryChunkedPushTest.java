package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import runtime.image.Descriptor;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.Progress;

/** Pushes in chunks to a registry that breaks off, forgets and lies. */
class RegistryChunkedPushTest {
    private static final int CHUNK = 200_000;

    @TempDir
    Path folder;
    private final SampleImage image = SampleImage.of(3, 900_000, 20);
    private final int size = image.layerBytes(0).length;
    private FakeRegistry registry;
    private BlobStore store;
    private Descriptor root;
    private RegistrySettings settings;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        registry.numberUploads();
        store = BlobStore.open(folder);
        root = image.storeIn(store);
        settings = RegistrySettings.standard().withUploadChunkBytes(CHUNK).withPatience(
                new Patience(Duration.ofSeconds(60), Duration.ofSeconds(60), 3,
                        Duration.ofMillis(1), Duration.ofSeconds(1), duration -> { },
                        InstantSource.system()));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private void push() throws Exception {
        new RegistryClient(settings).push(Reference.parse(registry.host() + "/app:1"), root,
                Optional.empty(), store, Progress.SILENT);
    }

    private void assertSent() {
        image.blobs().forEach((digest, bytes) -> assertArrayEquals(
                bytes, registry.content("/v2/app/blobs/" + digest)));
        assertArrayEquals(image.manifest().toJson(), registry.content("/v2/app/manifests/1"));
    }

    /** Where each chunk that was begun starts, in order. */
    private List<Integer> starts() {
        return chunks().stream().map(request -> Integer.parseInt(
                request.header("Content-Range").orElseThrow().replaceAll("-.*", ""))).toList();
    }

    private List<FakeRegistry.Request> chunks() {
        return registry.requests().stream()
                .filter(request -> request.method().equals("PATCH")).toList();
    }

    private long wholes() {
        return registry.requests().stream().filter(request -> request.method().equals("PUT")
                && request.path().contains("/uploads/") && request.body().length == size).count();
    }

    /** Answers the chunk of that number (from 1) otherwise. */
    private void onChunk(int number, FakeRegistry.Answer answer) {
        AtomicInteger seen = new AtomicInteger();
        registry.always((request, wire) -> {
            boolean meant = request.method().equals("PATCH") && seen.incrementAndGet() == number;
            if (meant) {
                answer.give(request, wire);
            } else {
                registry.serve(request, wire);
            }
        });
    }

    /** Answers the question for an upload's state otherwise, each time. */
    private void onQuestion(FakeRegistry.Answer answer) {
        registry.always((request, wire) -> {
            if (request.method().equals("GET") && request.path().contains("/uploads/")) {
                answer.give(request, wire);
            } else {
                registry.serve(request, wire);
            }
        });
    }

    private void assertAnew(List<Integer> starts) throws Exception {
        push();
        assertSent();
        assertEquals(starts, starts());
        assertEquals(0, wholes());
    }

    @Test
    void aLargeBlobGoesInChunksAndASmallOneWhole() throws Exception {
        assertAnew(List.of(0, 200_000, 400_000, 600_000, 800_000));
        assertEquals("800000-" + (size - 1),
                chunks().getLast().header("Content-Range").orElseThrow());
        assertEquals(List.of(200_000, 200_000, 200_000, 200_000, size - 800_000),
                chunks().stream().map(request -> request.body().length).toList());
        assertEquals(1, chunks().stream().map(FakeRegistry.Request::path).distinct().count());
    }

    @Test
    void chunksAreAsLargeAsTheRegistryWants() throws Exception {
        registry.always((request, wire) -> {
            if (request.method().equals("POST")) {
                FakeRegistry.Wire more = new FakeRegistry.Wire(wire.socket(),
                        new HeaderAdding(wire.out(), "OCI-Chunk-Min-Length: 500000"));
                registry.serve(request, more);
            } else {
                registry.serve(request, wire);
            }
        });
        assertAnew(List.of(0, 500_000));
    }

    @Test
    void goesOnWhereTheConnectionBroke() throws Exception {
        registry.cutNextChunkAfter(50_000);
        assertAnew(List.of(0, 50_000, 250_000, 450_000, 650_000, 850_000));
        assertEquals(size, chunks().stream().mapToInt(request -> request.body().length).sum());
    }

    @Test
    void breaksThatLeaveSomethingBehindDoNotUseUpPatience() throws Exception {
        for (int i = 0; i < 8; i++) {
            registry.cutNextChunkAfter(10_000);
        }
        push();
        assertSent();
        assertEquals(80_000, starts().get(8));
        assertEquals(size, chunks().stream().mapToInt(request -> request.body().length).sum());
    }

    @Test
    void aServerErrorIsTriedAgainFromWhatItHas() throws Exception {
        onChunk(3, (request, wire) -> wire.reply(503, Map.of(), new byte[0]));
        assertAnew(List.of(0, 200_000, 400_000, 400_000, 600_000, 800_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 400, 410})
    void aLostUploadIsBegunAnew(int status) throws Exception {
        onChunk(3, (request, wire) -> wire.reply(status, Map.of(), new byte[0]));
        assertAnew(List.of(0, 200_000, 400_000, 0, 200_000, 400_000, 600_000, 800_000));
        assertEquals(2, chunks().stream().map(FakeRegistry.Request::path).distinct().count());
    }

    @Test
    void anUploadThatIsGoneWhenAskedForIsBegunAnew() throws Exception {
        onQuestion((request, wire) -> wire.reply(404, Map.of(), new byte[0]));
        onChunk(2, (request, wire) -> {
            onQuestion((question, there) -> there.reply(404, Map.of(), new byte[0]));
            wire.drop();
        });
        assertAnew(List.of(0, 200_000, 0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void outOfRangeIsAskedAbout() throws Exception {
        onChunk(2, (request, wire) -> {
            // Another has written meanwhile, or a proxy sent it twice.
            registry.serve(request, new FakeRegistry.Wire(wire.socket(),
                    java.io.OutputStream.nullOutputStream()));
            wire.reply(416, Map.of(), new byte[0]);
        });
        assertAnew(List.of(0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void outOfRangeWithoutReasonIsBegunAnew() throws Exception {
        onChunk(2, (request, wire) -> wire.reply(416, Map.of(), new byte[0]));
        assertAnew(List.of(0, 200_000, 0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void moreThanWasSentIsALie() throws Exception {
        onChunk(2, (request, wire) -> wire.reply(
                202, FakeRegistry.state(request.path(), 700_000), new byte[0]));
        assertAnew(List.of(0, 200_000, 0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void lessThanWasSentIsSentAgain() throws Exception {
        onChunk(2, (request, wire) -> wire.reply(
                202, FakeRegistry.state(request.path(), 200_000), new byte[0]));
        assertAnew(List.of(0, 200_000, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void aStateBeyondWhatWasOfferedIsALie() throws Exception {
        onChunk(2, (request, wire) -> {
            onQuestion((question, there) -> there.head(
                    204, FakeRegistry.state(question.path(), 800_000), -1));
            wire.drop();
        });
        assertAnew(List.of(0, 200_000, 0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void aStateThatSaysNothingIsNoState() throws Exception {
        for (String said : List.of("", "1-5", "0--1", "0-99999999999999999999")) {
            registry.close();
            start();
            onChunk(2, (request, wire) -> {
                onQuestion((question, there) -> there.head(204, Map.of("Range", said), -1));
                wire.drop();
            });
            assertAnew(List.of(0, 200_000, 0, 200_000, 400_000, 600_000, 800_000));
        }
    }

    @Test
    void aLieThatOnlyTheDigestShowsIsMendedInOnePiece() throws Exception {
        onChunk(2, (request, wire) -> {
            AtomicInteger asked = new AtomicInteger();
            registry.always((other, there) -> {
                boolean question = other.method().equals("GET")
                        && other.path().contains("/uploads/") && asked.incrementAndGet() == 1;
                if (question) {
                    there.head(204, FakeRegistry.state(other.path(), 300_000), -1);
                } else if (other.method().equals("PATCH")) {
                    there.reply(202, Map.of("Location", other.path() + "?state=a%2Fb"),
                            new byte[0]);
                } else {
                    registry.serve(other, there);
                }
            });
            wire.drop();
        });
        push();
        assertSent();
        assertEquals(1, wholes());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 411, 413, 415, 416, 501})
    void whoDoesNotTakeChunksGetsTheWhole(int status) throws Exception {
        registry.always((request, wire) -> {
            if (request.method().equals("PATCH")) {
                wire.reply(status, Map.of(), new byte[0]);
            } else {
                registry.serve(request, wire);
            }
        });
        push();
        assertSent();
        assertEquals(List.of(0), starts());
        assertEquals(1, wholes());
    }

    @Test
    void whoHangsUpOnChunksGetsTheWholeToo() throws Exception {
        registry.always((request, wire) -> {
            if (request.method().equals("PATCH")) {
                wire.drop();
            } else {
                registry.serve(request, wire);
            }
        });
        push();
        assertSent();
        assertEquals(List.of(0, 0), starts());
        assertEquals(1, wholes());
    }

    @Test
    void whoSaysNothingWasTakenGetsTheWhole() throws Exception {
        registry.always((request, wire) -> {
            if (request.method().equals("PATCH")) {
                wire.reply(202, FakeRegistry.state(request.path(), 0), new byte[0]);
            } else {
                registry.serve(request, wire);
            }
        });
        push();
        assertSent();
        assertEquals(1, wholes());
    }

    @Test
    void aLostAnswerToTheEndIsNoReasonToSendAgain() throws Exception {
        registry.always((request, wire) -> {
            boolean end = request.method().equals("PUT") && request.path().contains("/uploads/")
                    && request.body().length == 0;
            registry.serve(request, end ? new FakeRegistry.Wire(wire.socket(),
                    java.io.OutputStream.nullOutputStream()) : wire);
            if (end) {
                wire.drop();
            }
        });
        assertAnew(List.of(0, 200_000, 400_000, 600_000, 800_000));
    }

    @Test
    void anUploadThatIsAlwaysLostIsGivenUp() {
        registry.always((request, wire) -> {
            boolean second = request.method().equals("PATCH")
                    && request.header("Content-Range").orElseThrow().startsWith("200000-");
            if (second) {
                wire.reply(404, Map.of(), new byte[0]);
            } else {
                registry.serve(request, wire);
            }
        });
        RegistryException failure = assertThrows(RegistryException.class, this::push);
        assertEquals(Reason.SERVER, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().contains("lost the upload of sha256:"),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("at 200000 of " + size + " bytes (404)"),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("tried 3 times"), failure.getMessage());
    }

    @Test
    void aRefusalOfAChunkIsNamedAtOnce() {
        onChunk(2, (request, wire) -> wire.reply(403, Map.of(), new byte[0]));
        RegistryException failure = assertThrows(RegistryException.class, this::push);
        assertEquals(Reason.DENIED, failure.reason(), failure.getMessage());
        assertEquals(List.of(0, 200_000), starts());
    }

    /** Puts one more header behind the status line. */
    private static final class HeaderAdding extends java.io.FilterOutputStream {
        private String header;

        HeaderAdding(java.io.OutputStream out, String header) {
            super(out);
            this.header = header;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            if (b == '\n' && header != null) {
                out.write((header + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                header = null;
            }
        }
    }
}
