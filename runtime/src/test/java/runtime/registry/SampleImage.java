package runtime.registry;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.store.BlobStore;

/** An image for transfer tests: its layers are random bytes, packed as their types say. */
record SampleImage(Manifest manifest, Map<Digest, byte[]> blobs) {

    static SampleImage of(long seed, int... layerSizesBytes) {
        Random random = new Random(seed);
        Map<Digest, byte[]> blobs = new LinkedHashMap<>();
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"seed\":" + seed + "}")
                .getBytes(StandardCharsets.UTF_8);
        List<Descriptor> layers = new ArrayList<>();
        for (int sizeBytes : layerSizesBytes) {
            byte[] plain = new byte[sizeBytes];
            random.nextBytes(plain);
            boolean zstd = layers.size() % 2 == 1;
            byte[] layer = zstd ? Zstd.compress(plain) : gzip(plain);
            blobs.put(Digest.of(layer), layer);
            layers.add(Descriptor.of(
                    zstd ? MediaType.OCI_LAYER_ZSTD : MediaType.OCI_LAYER_GZIP, layer));
        }
        blobs.put(Digest.of(config), config);
        return new SampleImage(new Manifest(MediaType.OCI_MANIFEST,
                Descriptor.of(MediaType.OCI_CONFIG, config), layers, Map.of()), blobs);
    }

    /** The same content under docker's own types, as `docker push` sends it. */
    SampleImage asDocker() {
        List<Descriptor> layers = manifest.layers().stream()
                .map(layer -> new Descriptor(
                        layer.mediaType().equals(MediaType.OCI_LAYER_ZSTD)
                                ? MediaType.DOCKER_LAYER_ZSTD : MediaType.DOCKER_LAYER_GZIP,
                        layer.digest(), layer.sizeBytes()))
                .toList();
        Descriptor config = manifest.config();
        return new SampleImage(new Manifest(MediaType.DOCKER_MANIFEST, new Descriptor(
                MediaType.DOCKER_CONFIG, config.digest(), config.sizeBytes()), layers, Map.of()),
                blobs);
    }

    Descriptor storeIn(BlobStore store) throws IOException {
        for (byte[] blob : blobs.values()) {
            store.add(blob);
        }
        store.add(manifest.toJson());
        return manifest.descriptor();
    }

    Descriptor layer(int number) {
        return manifest.layers().get(number);
    }

    byte[] layerBytes(int number) {
        return blobs.get(layer(number).digest());
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
