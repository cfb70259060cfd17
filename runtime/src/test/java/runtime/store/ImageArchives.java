package runtime.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;
import runtime.image.ImageDefaults;
import runtime.image.Index;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Platform;

/** Archives of small images as docker and OCI tools write them. */
final class ImageArchives {
    private ImageArchives() {
    }

    /** A configuration for these uncompressed layers. */
    static byte[] config(List<byte[]> layers) {
        List<Digest> diffIds = layers.stream().map(Digest::of).toList();
        return new ImageConfig(host(), Optional.empty(), "tester",
                ImageDefaults.NONE.withCommand(List.of("/bin/true")), diffIds, List.of()).toJson();
    }

    static Platform host() {
        return Platform.linux(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    }

    /** Docker's form before version 25: a folder with {@code layer.tar} per layer. */
    static byte[] legacy(String name, List<byte[]> layers) {
        return legacy(name, config(layers), layers);
    }

    static byte[] legacy(String name, byte[] config, List<byte[]> layers) {
        TarBuilder archive = new TarBuilder();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            archive.folder("layer" + i + "/").file("layer" + i + "/VERSION", "1.0")
                    .file("layer" + i + "/json", "{}")
                    .file("layer" + i + "/layer.tar", layers.get(i));
            paths.add("layer" + i + "/layer.tar");
        }
        String configName = Digest.of(config).hex() + ".json";
        return archive.file(configName, config).file("repositories", "{}")
                .file("manifest.json", manifestJson(configName, name, paths)).build();
    }

    static String manifestJson(String config, String name, List<String> layers) {
        String names = name.isEmpty() ? "null" : "[\"" + name + "\"]";
        return "[{\"Config\":\"" + config + "\",\"RepoTags\":" + names + ",\"Layers\":["
                + layers.stream().map(l -> '"' + l + '"').collect(Collectors.joining(","))
                + "]}]";
    }

    /** An OCI archive; the layers may be packed. */
    static byte[] oci(String name, byte[] config, List<byte[]> packed, MediaType layerType) {
        TarBuilder archive = new TarBuilder().file("oci-layout",
                "{\"imageLayoutVersion\":\"1.0.0\"}");
        List<Descriptor> layers = new ArrayList<>();
        for (byte[] layer : packed) {
            layers.add(Descriptor.of(layerType, layer));
            blob(archive, layer);
        }
        blob(archive, config);
        Manifest manifest = new Manifest(MediaType.OCI_MANIFEST,
                Descriptor.of(MediaType.OCI_CONFIG, config), layers, Map.of("kept", "yes"));
        blob(archive, manifest.toJson());
        Descriptor named = manifest.descriptor()
                .withAnnotations(Map.of("org.opencontainers.image.ref.name", name));
        return archive.file("index.json", new Index(MediaType.OCI_INDEX, List.of(named), Map.of())
                .toJson()).build();
    }

    static void blob(TarBuilder archive, byte[] content) {
        archive.file("blobs/sha256/" + Digest.of(content).hex(), content);
    }
}
