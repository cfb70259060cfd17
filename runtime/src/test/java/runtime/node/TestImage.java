package runtime.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.ImageConfig;
import runtime.image.ImageDefaults;
import runtime.image.Manifest;
import runtime.image.MediaType;
import runtime.image.Reference;
import runtime.store.ImageStore;

/** An image of one layer, made of a folder. */
final class TestImage {
    private TestImage() {}

    static void add(Path dataFolder, String name, Path root) throws Exception {
        try (ImageStore store = ImageStore.open(dataFolder)) {
            byte[] layer = tar(root);
            ImageDefaults defaults = new ImageDefaults("", new TreeSet<>(), List.of("FROM=image"),
                    List.of(), List.of("sh"), new TreeSet<>(), "/tmp", Map.of("kind", "test"), "",
                    Optional.empty(), List.of());
            byte[] config = new ImageConfig(ImagePulls.platform(""), Optional.of(Instant.EPOCH), "",
                    defaults, List.of(Digest.of(layer)), List.of()).toJson();
            store.blobs().add(layer);
            store.blobs().add(config);
            Manifest manifest = new Manifest(MediaType.OCI_MANIFEST,
                    Descriptor.of(MediaType.OCI_CONFIG, config),
                    List.of(Descriptor.of(MediaType.OCI_LAYER, layer)), Map.of());
            store.blobs().add(manifest.toJson());
            store.add(Reference.parse(name), manifest.descriptor());
        }
    }

    private static byte[] tar(Path root) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);
                Stream<Path> files = Files.walk(root)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Path file : files.filter(each -> !each.equals(root)).sorted().toList()) {
                TarArchiveEntry entry =
                        new TarArchiveEntry(file.toFile(), root.relativize(file).toString());
                entry.setMode(entry.isDirectory() ? 0755 : file.endsWith("secret") ? 0600 : 0755);
                entry.setUserId(0);
                entry.setGroupId(0);
                tar.putArchiveEntry(entry);
                if (!entry.isDirectory()) {
                    Files.copy(file, tar);
                }
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
