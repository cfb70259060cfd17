package runtime.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ImageDocumentTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);
    private static final String CONFIG = """
            {"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":10}"""
            .formatted(DIGEST);
    private static final Manifest MANIFEST = new Manifest(MediaType.OCI_MANIFEST,
            Descriptor.of(MediaType.OCI_CONFIG, new byte[] {1}),
            List.of(Descriptor.of(MediaType.OCI_LAYER_GZIP, new byte[] {2}),
                    Descriptor.of(MediaType.DOCKER_LAYER_ZSTD, new byte[] {3}),
                    Descriptor.of(MediaType.OCI_LAYER, new byte[] {4})),
            Map.of("b", "2", "a", "1"));
    private static final Index INDEX = new Index(MediaType.OCI_INDEX, List.of(
            entry("linux/arm/v6", 1), entry("linux/arm/v7", 2), entry("linux/amd64", 3),
            entry("unknown/unknown", 4)), Map.of());

    @Test
    void readsWhatItWrites() throws ImageFormatException {
        assertEquals(MANIFEST, Manifest.parse(MANIFEST.toJson(), Optional.empty()));
        assertEquals(INDEX, Index.parse(INDEX.toJson(), Optional.of(MediaType.OCI_INDEX)));
        assertArrayEquals(MANIFEST.toJson(),
                Manifest.parse(MANIFEST.toJson(), Optional.empty()).toJson());
        assertTrue(MANIFEST.descriptor().digest().matches(MANIFEST.toJson()));
    }

    @Test
    void writesFieldsInAFixedOrder() {
        String json = new String(MANIFEST.toJson(), StandardCharsets.UTF_8);
        assertTrue(json.startsWith("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":"), json);
        assertTrue(json.endsWith("\"annotations\":{\"a\":\"1\",\"b\":\"2\"}}"), json);
    }

    @Test
    void typeMayBeLeftOut() throws ImageFormatException {
        assertInstanceOf(Manifest.class, parse(
                "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[]}"));
        assertInstanceOf(Index.class, parse("{\"schemaVersion\":2,\"manifests\":[]}"));
        assertEquals(MediaType.DOCKER_INDEX, ImageDocument.parse(
                "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8),
                Optional.of(MediaType.DOCKER_INDEX)).mediaType());
    }

    @Test
    void selectsTheNearestVariant() throws ImageFormatException {
        assertEquals(2, INDEX.select(Platform.parse("linux/arm/v7")).sizeBytes());
        assertEquals(1, INDEX.select(Platform.parse("linux/arm/v6")).sizeBytes());
        assertEquals(2, INDEX.select(Platform.parse("linux/arm/v8")).sizeBytes());
        assertEquals(3, INDEX.select(Platform.parse("linux/amd64/v3")).sizeBytes());
    }

    @Test
    void saysForWhichPlatformsAnImageIs() {
        String message = assertThrows(ImageFormatException.class,
                () -> INDEX.select(Platform.parse("linux/s390x"))).getMessage();
        assertEquals("the image is not made for linux/s390x; it is made for "
                + "linux/arm/v6, linux/arm, linux/amd64", message);
    }

    @Test
    void everyErrorNamesTheField() {
        refused("", "must be a JSON object");
        refused("[]", "must be a JSON object");
        refused("{", "not valid JSON");
        refused("{} {}", "not valid JSON");
        refused("{\"a\":1,\"a\":2}", "not valid JSON");
        refused("{}", "manifest.schemaVersion is missing");
        refused("{\"schemaVersion\":1}", "schema 1");
        refused("{\"schemaVersion\":3}", "manifest.schemaVersion: 3");
        refused("{\"schemaVersion\":\"2\"}", "manifest.schemaVersion must be a whole number");
        refused("{\"schemaVersion\":2}", "manifest.config is missing");
        refused("{\"schemaVersion\":2,\"mediaType\":\"text/html\"}", "neither an image manifest");
        refused("{\"schemaVersion\":2,\"mediaType\":\"x\"}", "manifest.mediaType");
        refused("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", "only be one");
        refused("{\"schemaVersion\":2,\"manifests\":{}}", "manifest.manifests must be an array");
        refused("{\"schemaVersion\":2,\"manifests\":[1]}", "manifest.manifests[0] must be");
        refused(layer("{}"), "manifest.layers[0].mediaType is missing");
        refused(layer(descriptor("application/x-foo", DIGEST, "1")), "layers[0].mediaType");
        refused(layer(descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                DIGEST, "1")), "foreign layer");
        refused(layer(descriptor(MediaType.OCI_LAYER.name(), "sha256:../x", "1")),
                "manifest.layers[0].digest");
        for (String size : List.of("-1", "1.5", "1e3", "99999999999999999999", "\"1\"", "null")) {
            refused(layer(descriptor(MediaType.OCI_LAYER.name(), DIGEST, size)),
                    "");
        }
        refused("{\"schemaVersion\":2,\"config\":" + descriptor(
                "application/vnd.cncf.helm.config.v1+json", DIGEST, "1") + ",\"layers\":[]}",
                "not a container image");
    }

    @Test
    void typesMustAgree() {
        String message = assertThrows(ImageFormatException.class, () -> ImageDocument.parse(
                INDEX.toJson(), Optional.of(MediaType.OCI_MANIFEST))).getMessage();
        assertTrue(message.contains("calls itself"), message);
        assertThrows(ImageFormatException.class,
                () -> Manifest.parse(INDEX.toJson(), Optional.empty()));
        assertThrows(ImageFormatException.class,
                () -> Index.parse(MANIFEST.toJson(), Optional.empty()));
    }

    @Test
    void bombsAreRefused() {
        refused(" ".repeat(ImageDocument.LIMIT_BYTES + 1), "at most");
        refused("{\"a\":".repeat(100_000), "not valid JSON");
        refused("{\"schemaVersion\":2,\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}",
                "not valid JSON");
        refused("{\"schemaVersion\":" + "2".repeat(100_000) + "}", "not valid JSON");
        refused("{\"schemaVersion\":2,\"manifests\":[" + "{},".repeat(20_000) + "{}]}", "at most");
    }

    @Test
    void mutatedDocumentsNeverThrowAnythingElse() {
        long seed = 4242;
        Random random = new Random(seed);
        List<byte[]> samples = List.of(MANIFEST.toJson(), INDEX.toJson());
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = mutate(samples.get(round % 2), random);
            try {
                ImageDocument document = ImageDocument.parse(bytes, Optional.empty());
                assertEquals(document,
                        ImageDocument.parse(document.toJson(), Optional.empty()));
                accepted++;
            } catch (ImageFormatException expected) {
                assertTrue(!expected.getMessage().isEmpty(), "seed " + seed);
            }
        }
        assertTrue(accepted > 0);
    }

    private static byte[] mutate(byte[] sample, Random random) {
        byte[] bytes = sample.clone();
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "{}[]\",:0-e\\".charAt(random.nextInt(11));
                case 2 -> {
                    int count = Math.min(random.nextInt(30), bytes.length - at);
                    int from = random.nextInt(bytes.length - count + 1);
                    System.arraycopy(bytes, from, bytes, at, count);
                }
                default -> bytes = java.util.Arrays.copyOf(bytes, Math.max(1, at));
            }
        }
        return bytes;
    }

    private static Descriptor entry(String platform, long sizeBytes) {
        try {
            return new Descriptor(MediaType.OCI_MANIFEST, Digest.parse(DIGEST), sizeBytes)
                    .withPlatform(Platform.parse(platform));
        } catch (ImageFormatException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String layer(String descriptor) {
        return "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[" + descriptor + "]}";
    }

    private static String descriptor(String mediaType, String digest, String size) {
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":"
                + size + "}";
    }

    private static ImageDocument parse(String json) throws ImageFormatException {
        return ImageDocument.parse(json.getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    private static void refused(String json, String words) {
        String message =
                assertThrows(ImageFormatException.class, () -> parse(json)).getMessage();
        assertTrue(message.contains(words), message);
        assertTrue(message.length() < 500, message);
    }
}
