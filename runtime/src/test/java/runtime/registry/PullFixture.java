package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Digest;
import runtime.image.ImageFormatException;
import runtime.image.Platform;
import runtime.image.Reference;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobStore;
import runtime.store.Progress;

/** A fake registry that holds a sample image, and an empty store to pull it into. */
abstract class PullFixture {
    static final Platform AMD64 = Platform.linux("amd64");
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final Credentials LOGIN = new Credentials.Login("bob", "sécret:1");

    @TempDir
    Path folder;
    final List<Duration> sleeps = new CopyOnWriteArrayList<>();
    final SampleImage image = SampleImage.of(1, 400_000, 300_000, 10);
    FakeRegistry registry;
    BlobStore store;
    RegistrySettings settings;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        registry.putImage(image, "team/app", "1");
        store = BlobStore.open(folder.resolve("images"));
        settings = RegistrySettings.standard().withPatience(new Patience(Duration.ofSeconds(60),
                Duration.ofSeconds(60), 4, Duration.ofMillis(100), Duration.ofSeconds(60),
                sleeps::add, InstantSource.fixed(NOW)));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    PulledManifest pull()
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return pull("1");
    }

    PulledManifest pull(String tag)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return pull(tag, Optional.empty());
    }

    PulledManifest pull(String tag, Optional<Credentials> credentials)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return new RegistryClient(settings).pull(
                reference(tag), AMD64, credentials, store, Progress.SILENT);
    }

    PulledManifest pullFrom(String name)
            throws RegistryException, IOException, InterruptedException, ImageFormatException {
        return new RegistryClient(settings).pull(
                Reference.parse(name), AMD64, Optional.empty(), store, Progress.SILENT);
    }

    RegistryException fails(Reason reason) {
        RegistryException failure = assertThrows(RegistryException.class, this::pull);
        assertEquals(reason, failure.reason(), failure.getMessage());
        return failure;
    }

    Reference reference(String tag) throws ImageFormatException {
        return Reference.parse(registry.host() + "/team/app:" + tag);
    }

    String layerPath(int number) {
        return "/v2/team/app/blobs/" + image.layer(number).digest();
    }

    Patience stallAfter(Duration stall, int attempts) {
        Patience patience = settings.patience();
        return new Patience(patience.connect(), stall, attempts, patience.firstDelay(),
                patience.longestDelay(), patience.sleeper(), patience.clock());
    }

    void assertWhole() throws IOException {
        for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
            assertArrayEquals(blob.getValue(), store.read(blob.getKey(), 1 << 20));
        }
        assertEquals(List.of(), partials());
    }

    List<String> partials() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("images/partial"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
