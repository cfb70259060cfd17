package runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.Digest;
import runtime.image.MediaType;
import runtime.image.Reference;
import testkit.NeedsKernel;
import testkit.Requires;

/** Archives that the program {@code xz} packed, whole, cut, damaged and hostile. */
@NeedsKernel
class ImportXzTest {
    private static final byte[] TREE = tree();
    // xz-file-format §2.1.1 and §3.1: the block header follows 12 bytes of stream header; filter
    // id, size of its properties and the dictionary's size stand at its bytes 2, 3 and 4.
    private static final int BLOCK_HEADER = 12;
    private static final int DICTIONARY = BLOCK_HEADER + 4;

    @TempDir
    Path temporary;
    private ImageStore store;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        store = ImageStore.open(temporary.resolve("data"));
    }

    @AfterEach
    void close() throws Exception {
        if (store != null) {
            store.close();
            for (String folder : List.of("layers", "images")) {
                TreeRemoval.remove(temporary.resolve("data").resolve(folder));
            }
        }
    }

    private static byte[] tree() {
        byte[] noise = new byte[300_000];
        new Random(5).nextBytes(noise);
        return new TarBuilder().folder("etc/").file("etc/name", "base")
                .file("noise", new String(noise, StandardCharsets.ISO_8859_1))
                .build();
    }

    private byte[] xz(byte[] plain, String... options) throws Exception {
        List<String> words = new ArrayList<>(
                List.of(Requires.program("xz").toString(), "-c"));
        words.addAll(List.of(options));
        Path file = Files.write(temporary.resolve("plain"), plain);
        words.add(file.toString());
        Process process = new ProcessBuilder(words).redirectError(
                ProcessBuilder.Redirect.INHERIT).start();
        byte[] packed = process.getInputStream().readAllBytes();
        assertEquals(0, process.waitFor());
        return packed;
    }

    private StoredImage importTree(byte[] packed) throws Exception {
        return store.importRootFilesystem(new ByteArrayInputStream(packed),
                Reference.parse("rootfs:1"), Progress.SILENT);
    }

    private void refuses(byte[] packed, ImageException.Reason reason, String words) {
        ImageException importing = assertThrows(ImageException.class, () -> importTree(packed));
        assertEquals(reason, importing.reason(), importing.getMessage());
        assertTrue(importing.getMessage().contains(words), importing.getMessage());
        ImageException loading = assertThrows(ImageException.class, () -> store.load(
                new ByteArrayInputStream(packed), Progress.SILENT));
        assertEquals(reason, loading.reason(), loading.getMessage());
        assertTrue(loading.getMessage().contains(words), loading.getMessage());
    }

    private static byte[] withDictionary(byte[] packed, int dictionary) {
        byte[] hostile = packed.clone();
        int length = (hostile[BLOCK_HEADER] + 1) * 4;
        assertEquals(0x21, hostile[BLOCK_HEADER + 2], "LZMA2");
        hostile[DICTIONARY] = (byte) dictionary;
        CRC32 sum = new CRC32();
        sum.update(hostile, BLOCK_HEADER, length - 4);
        ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(BLOCK_HEADER + length - 4, (int) sum.getValue());
        return hostile;
    }

    @Test
    void aRootFileSystemIsKeptAsALayerAnyoneReads() throws Exception {
        for (String option : List.of("-6", "-8", "--check=sha256", "--block-size=65536")) {
            StoredImage image = importTree(xz(TREE, option));
            assertEquals(List.of(Digest.of(TREE)), image.config().diffIds());
            assertEquals(MediaType.OCI_LAYER, image.manifest().layers().getFirst().mediaType());
            assertEquals(Digest.of(TREE), image.manifest().layers().getFirst().digest());
            assertEquals("base", Files.readString(store.prepare(image, Progress.SILENT)
                    .lowerDirectoriesTopFirst().getFirst().resolve("etc/name")));
        }
    }

    @Test
    void aStreamAfterAnotherIsPartOfIt() throws Exception {
        byte[] parts = TarBuilder.join(xz(Arrays.copyOf(TREE, 5000)), new byte[8],
                xz(Arrays.copyOfRange(TREE, 5000, TREE.length)));
        assertEquals(List.of(Digest.of(TREE)), importTree(parts).config().diffIds());
    }

    @Test
    void anArchiveOfImagesIsLoaded() throws Exception {
        byte[] archive = ImageArchives.legacy("packed:1", List.of(TREE));
        StoredImage image = store.load(
                new ByteArrayInputStream(xz(archive)), Progress.SILENT).getFirst();
        assertEquals(List.of(Digest.of(TREE)), image.config().diffIds());
        assertEquals("docker.io/library/packed:1", image.names().getFirst().toString());
    }

    @Test
    void cutAndDamagedOnesAreNamed() throws Exception {
        byte[] packed = xz(TREE);
        refuses(Arrays.copyOf(packed, packed.length / 2), ImageException.Reason.MALFORMED,
                "ends too early, in the middle of its xz data");
        refuses(Arrays.copyOf(packed, 8), ImageException.Reason.MALFORMED, "ends too early");
        byte[] damaged = packed.clone();
        Arrays.fill(damaged, 20, 40, (byte) 0xA5);
        refuses(damaged, ImageException.Reason.MALFORMED, "its xz data is broken");
        assertEquals(List.of(), store.list());
    }

    @Test
    void aHugeDictionaryIsRefusedBeforeAnyMemoryIsTaken() throws Exception {
        byte[] packed = xz(TREE);
        // xz-file-format §5.3.1: 28 is 64 MiB, 37 is 3 GiB, 40 is 4 GiB less a byte.
        refuses(withDictionary(packed, 28), ImageException.Reason.LIMIT, "xz -dc FILE | jctl");
        refuses(withDictionary(packed, 36), ImageException.Reason.LIMIT, "KiB of memory");
        refuses(withDictionary(packed, 40), ImageException.Reason.MALFORMED, "options of xz");
    }

    @Test
    void allAtOnceMayHoldOnlySoMuch() throws Exception {
        byte[] packed = withDictionary(xz(TREE), 26);
        try (XzStream first = new XzStream(new ByteArrayInputStream(packed))) {
            assertTrue(first.read() >= 0);
            refuses(packed, ImageException.Reason.LIMIT, "are being unpacked");
            try (XzStream small = new XzStream(new ByteArrayInputStream(
                    withDictionary(packed, 16)))) {
                assertTrue(small.read() >= 0);
            }
        }
        assertEquals(List.of(Digest.of(TREE)), importTree(packed).config().diffIds());
    }

    @Test
    void theLimitsOfTheStoreHold() throws Exception {
        byte[] packed = xz(TREE);
        UnpackLimits small = new UnpackLimits(100_000, 1000, 5, 1000);
        for (Opening opening : List.<Opening>of(Decompression::asLayer, Decompression::openGiven)) {
            try (InputStream plain = opening.open(new ByteArrayInputStream(packed), small)) {
                ImageException refused =
                        assertThrows(ImageException.class, plain::readAllBytes);
                assertEquals(ImageException.Reason.LIMIT, refused.reason());
            }
        }
    }

    private interface Opening {
        InputStream open(InputStream packed, UnpackLimits limits) throws IOException;
    }
}
