package runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Digest;
import runtime.image.ImageDefaults;
import runtime.image.ImageFormatException;
import runtime.image.MediaType;
import runtime.image.Platform;
import runtime.image.Reference;
import testkit.NeedsKernel;
import testkit.Requires;

@NeedsKernel
class ImageStoreTest {
    private static final byte[] BASE =
            new TarBuilder().folder("etc/").file("etc/name", "base").build();
    private static final byte[] TOP =
            new TarBuilder().file("etc/name", "top").file("etc/.wh.gone", "").build();

    @TempDir
    Path data;
    private ImageStore store;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        store = ImageStore.open(data);
    }

    @AfterEach
    void close() throws Exception {
        if (store != null) {
            store.close();
        }
        for (String folder : List.of("layers", "images")) {
            TreeRemoval.remove(data.resolve(folder));
        }
    }

    private List<StoredImage> load(byte[] archive) throws IOException {
        return store.load(new ByteArrayInputStream(archive), Progress.SILENT);
    }

    private static Reference name(String text) throws ImageFormatException {
        return Reference.parse(text);
    }

    private static boolean unused(Digest image) {
        return false;
    }

    private List<String> folders(String folder) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals(".lock")).sorted().toList();
        }
    }

    @Test
    void loadsWhatDockerSavedBeforeVersion25() throws Exception {
        StoredImage image = load(ImageArchives.legacy("debian:12", List.of(BASE, TOP)))
                .getFirst();
        assertEquals(List.of(name("debian:12")), image.names());
        assertEquals(image, store.find("debian:12").orElseThrow());
        assertEquals(image, store.find(image.id().toString()).orElseThrow());
        assertEquals(image, store.find(image.id().hex().substring(0, 4)).orElseThrow());
        assertTrue(store.find("debian:13").isEmpty());
        RootFilesystem root = store.prepare(image, Progress.SILENT);
        assertEquals("top", Files.readString(
                root.lowerDirectoriesTopFirst().get(0).resolve("etc/name")));
        assertEquals("base", Files.readString(
                root.lowerDirectoriesTopFirst().get(1).resolve("etc/name")));
        assertEquals(List.of("/bin/true"), root.config().defaults().command());
    }

    @Test
    void loadsLayersThatAreLinksToOthers() throws Exception {
        byte[] config = ImageArchives.config(List.of(BASE, BASE));
        byte[] archive = new TarBuilder().file("a/layer.tar", BASE)
                .symbolicLink("b/layer.tar", "../a/layer.tar").file("c.json", config)
                .file("manifest.json", ImageArchives.manifestJson("c.json", "x:1",
                        List.of("a/layer.tar", "b/layer.tar"))).build();
        assertEquals(2, load(archive).getFirst().manifest().layers().size());
    }

    @Test
    void loadsOciArchivesInEveryPacking() throws Exception {
        byte[] config = ImageArchives.config(List.of(BASE, TOP));
        byte[] gzip = ImageArchives.oci("a/b:gzip", config, List.of(TarBuilder.gzip(BASE),
                TarBuilder.gzip(TOP)), MediaType.OCI_LAYER_GZIP);
        byte[] zstd = ImageArchives.oci("a/b:zstd", config, List.of(Zstd.compress(BASE),
                Zstd.compress(TOP)), MediaType.OCI_LAYER_ZSTD);
        StoredImage first = load(TarBuilder.gzip(gzip)).getFirst();
        StoredImage second = load(Zstd.compress(zstd)).getFirst();
        assertEquals("yes", first.manifest().annotations().get("kept"));
        assertEquals(first.id(), second.id());
        assertEquals(List.of(name("a/b:gzip"), name("a/b:zstd")),
                store.list().getFirst().names());
        assertEquals(2, folders("layers").size(), "layers are shared by chain id");
    }

    @Test
    void whatIsSavedCanBeLoaded() throws Exception {
        StoredImage image = load(ImageArchives.oci("a/b:1",
                ImageArchives.config(List.of(BASE, TOP)),
                List.of(TarBuilder.gzip(BASE), TarBuilder.gzip(TOP)), MediaType.OCI_LAYER_GZIP))
                .getFirst();
        store.tag("a/b:1", name("a/b:2"));
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        store.save(List.of("a/b:1", "a/b:2"), saved);
        store.remove(image.id().toString(), true, ImageStoreTest::unused);
        assertTrue(store.list().isEmpty());
        StoredImage loaded = load(saved.toByteArray()).getFirst();
        assertEquals(image.descriptor(), loaded.descriptor());
        assertEquals(List.of(name("a/b:1"), name("a/b:2")), loaded.names());
    }

    @Test
    void brokenArchivesChangeNothing() throws Exception {
        byte[] good = ImageArchives.legacy("x:1", List.of(BASE, TOP));
        byte[] wrongLayer = ImageArchives.legacy("x:1", ImageArchives.config(List.of(BASE, BASE)),
                List.of(BASE, TOP));
        byte[] bomb = new TarBuilder().file("../../etc/cron.d/x", "owned").build();
        byte[] config = ImageArchives.config(List.of(BASE));
        byte[] wrongBlob = new TarBuilder().file("blobs/sha256/" + "0".repeat(64), "x").build();
        List<byte[]> broken = List.of(Arrays.copyOf(good, good.length / 2), wrongLayer,
                ImageArchives.legacy("x:1", List.of(bomb)), BASE, wrongBlob,
                ImageArchives.legacy("x:1", config, List.of(BASE, TOP)),
                new TarBuilder().file("manifest.json", "[{\"Config\":\"no.json\",\"Layers\":[]}]")
                        .build(),
                new TarBuilder().file("manifest.json", "not json").build(),
                new TarBuilder().device("null", '3', 1, 3).build(),
                new TarBuilder().file("manifest.json", ImageArchives.manifestJson("../../c", "x:1",
                        List.of())).build());
        for (byte[] archive : broken) {
            IOException refused = assertThrows(IOException.class, () -> load(archive));
            assertFalse(refused.getMessage().isBlank());
            assertTrue(store.list().isEmpty());
            assertEquals(List.of(), folders("layers"), refused.getMessage());
            assertEquals(List.of(), folders("images/blobs/sha256"), refused.getMessage());
        }
    }

    @Test
    void anArchiveWithoutImagesSaysWhatToDo() {
        assertTrue(assertThrows(ImageException.class, () -> load(BASE)).getMessage()
                .contains("jctl image import"));
    }

    @Test
    void aNameMovesAndItsOldImageStaysWithoutOne() throws Exception {
        StoredImage old = load(ImageArchives.legacy("x:1", List.of(BASE))).getFirst();
        StoredImage young = load(ImageArchives.legacy("x:1", List.of(TOP))).getFirst();
        assertEquals(young.id(), store.find("x:1").orElseThrow().id());
        assertEquals(List.of(), store.get(old.id().hex().substring(0, 12)).names());
        ImageStore.Removal pruned = store.prune(false, ImageStoreTest::unused);
        assertEquals(List.of(old.id()), pruned.deleted());
        assertTrue(pruned.freedBytes() > BASE.length);
        assertEquals(List.of(young), store.list());
    }

    @Test
    void removalKeepsWhatOthersNeed() throws Exception {
        load(ImageArchives.legacy("one:1", List.of(BASE)));
        StoredImage two = load(ImageArchives.legacy("two:1", List.of(BASE, TOP))).getFirst();
        store.tag("two:1", name("two:2"));
        assertEquals(List.of(), store.remove("two:1", false, ImageStoreTest::unused).deleted());
        ImageStore.Removal removal = store.remove("two:2", false, ImageStoreTest::unused);
        assertEquals(List.of(two.id()), removal.deleted());
        assertEquals(1, folders("layers").size());
        assertEquals(3, folders("images/blobs/sha256").size());
        store.remove("one:1", false, ImageStoreTest::unused);
        assertEquals(List.of(), folders("layers"));
        assertEquals(List.of(), folders("images/blobs/sha256"));
    }

    @Test
    void aUsedImageIsNotRemoved() throws Exception {
        StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE))).getFirst();
        ImageException refused = assertThrows(ImageException.class,
                () -> store.remove("x:1", false, image.id()::equals));
        assertEquals(ImageException.Reason.IN_USE, refused.reason());
        assertEquals(List.of(image), store.list());
        store.remove("x:1", true, image.id()::equals);
        assertTrue(store.find("x:1").isEmpty());
        assertEquals(1, folders("layers").size());
        assertEquals(List.of(), store.prune(true, image.id()::equals).deleted());
        assertEquals(List.of(image.id()), store.prune(false, ImageStoreTest::unused).deleted());
    }

    @Test
    void anIdWithSeveralNamesNeedsForce() throws Exception {
        StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE))).getFirst();
        store.tag("x:1", name("y:1"));
        assertThrows(ImageException.class, () ->
                store.remove(image.id().toString(), false, ImageStoreTest::unused));
        assertEquals(2, store.remove(image.id().toString(), true, ImageStoreTest::unused)
                .untagged().size());
        assertEquals(ImageException.Reason.NOT_FOUND, assertThrows(ImageException.class,
                () -> store.remove("x:1", false, ImageStoreTest::unused)).reason());
    }

    @Test
    void nothingIsRemovedWhileSomebodyAdds() throws Exception {
        load(ImageArchives.legacy("x:1", List.of(BASE)));
        try (ImageStore.Hold _ = store.hold()) {
            Digest blob = store.blobs().add("fresh".getBytes(StandardCharsets.UTF_8));
            store.remove("x:1", false, ImageStoreTest::unused);
            assertTrue(store.blobs().contains(blob));
        }
        assertEquals(List.of(), folders("images/blobs/sha256"));
        assertEquals(List.of(), folders("layers"));
    }

    @Test
    void aDamagedImageIsNamedAndCanBeRemoved() throws Exception {
        StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE))).getFirst();
        store.close();
        Files.write(store.blobs().path(image.id()), new byte[] {1, 2, 3});
        store = ImageStore.open(data);
        assertThrows(IOException.class, () -> store.find("x:1"));
        assertTrue(store.list().isEmpty());
        store.remove("x:1", false, ImageStoreTest::unused);
        assertEquals(List.of(), folders("images/blobs/sha256"));
    }

    @Test
    void importsARootFileSystem() throws Exception {
        StoredImage image = store.importRootFilesystem(
                new ByteArrayInputStream(TarBuilder.gzip(BASE)), name("rootfs:1"),
                Progress.SILENT);
        Path root = store.prepare(image, Progress.SILENT).lowerDirectoriesTopFirst().getFirst();
        assertEquals("base", Files.readString(root.resolve("etc/name")));
        assertEquals(List.of(Digest.of(BASE)), image.config().diffIds());
        assertArrayEquals(image.config().toJson(), store.rawConfig(image));
        assertThrows(ImageException.class, () -> store.importRootFilesystem(
                new ByteArrayInputStream(new byte[] {1, 2, 3}), name("bad:1"), Progress.SILENT));
        assertEquals(1, store.list().size());
    }

    @Test
    void whatAnArchiveDoesNotSayIsTold() throws Exception {
        StoredImage image = store.importRootFilesystem(new ByteArrayInputStream(BASE),
                name("rootfs:1"), new ImageStore.Imported(ImageDefaults.NONE,
                        Platform.parse("linux/arm/v7"), "made by hand"), Progress.SILENT);
        assertEquals(Platform.parse("linux/arm/v7"), image.config().platform());
        assertEquals("made by hand", image.config().history().getFirst().comment());
    }

    @Test
    void aHundredAndTwentySevenLayers() throws Exception {
        List<byte[]> layers = new ArrayList<>();
        for (int i = 0; i < 127; i++) {
            layers.add(new TarBuilder().file("f" + i, "x").build());
        }
        StoredImage image = load(ImageArchives.legacy("many:1", layers)).getFirst();
        RootFilesystem root = store.prepare(image, Progress.SILENT);
        assertEquals(127, root.lowerDirectoriesTopFirst().size());
        assertTrue(Files.exists(root.lowerDirectoriesTopFirst().getFirst().resolve("f126")));
    }

    @Test
    void oneLayerPreparedByManyIsUnpackedOnce() throws Exception {
        StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE, TOP))).getFirst();
        // closed first: an open store still writes "synced" marks into the folder
        store.close();
        TreeRemoval.remove(data.resolve("layers"));
        store = ImageStore.open(data);
        List<Digest> unpacked = java.util.Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<RootFilesystem> prepare = () -> store.prepare(image,
                    (blob, phase, done, total) -> unpacked.add(blob));
            List<RootFilesystem> roots = new ArrayList<>();
            for (Future<RootFilesystem> root : threads.invokeAll(
                    java.util.Collections.nCopies(16, prepare))) {
                roots.add(root.get());
            }
            assertEquals(1, roots.stream().distinct().count());
        }
        assertEquals(2, folders("layers").size());
    }

    @Test
    void whatACrashLeftIsClearedAndUnsyncedLayersOfAnotherBootAreDropped() throws Exception {
        StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE, TOP))).getFirst();
        store.close();
        Path half = Files.createDirectories(data.resolve("layers/.unpacking-1/fs/a"));
        Path unsynced = data.resolve("layers").resolve(folders("layers").get(1));
        Path record = unsynced.resolve("layer.json");
        Files.delete(unsynced.resolve("synced"));
        Files.writeString(record, Files.readString(record)
                .replaceFirst("\"bootId\":\"[^\"]*\"", "\"bootId\":\"earlier\""));
        store = ImageStore.open(data);
        assertFalse(Files.exists(half));
        assertFalse(Files.exists(unsynced));
        store.prepare(store.get(image.id().toString()), Progress.SILENT);
        assertEquals(2, folders("layers").size());
    }

    @Test
    void aSecondStoreOnTheFolderSeesTheSameAndClearsNothing() throws Exception {
        try (ImageStore other = ImageStore.open(data)) {
            StoredImage image = load(ImageArchives.legacy("x:1", List.of(BASE))).getFirst();
            assertEquals(Optional.of(image), other.find("x:1"));
            Path half = Files.createDirectories(data.resolve("layers/.unpacking-1/fs"));
            ImageStore.open(data).close();
            assertTrue(Files.exists(half));
        }
    }

    @Test
    void namesThatCannotBeAreRefused() {
        assertEquals(ImageException.Reason.MALFORMED, assertThrows(ImageException.class,
                () -> store.find("Not A Name")).reason());
        assertThrows(ImageException.class, () -> store.get("missing"));
        assertThrows(ImageException.class,
                () -> store.save(List.of("missing"), new ByteArrayOutputStream()));
    }
}
