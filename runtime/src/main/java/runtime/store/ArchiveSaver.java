package runtime.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import runtime.image.Descriptor;
import runtime.image.Digest;
import runtime.image.DockerArchive;
import runtime.image.ImageFormatException;
import runtime.image.Index;
import runtime.image.MediaType;
import runtime.image.Reference;
import runtime.image.TarEntry;

/**
 * Writes images as one archive that is both an OCI image layout (image-layout.md) and what
 * {@code docker load} reads ({@code manifest.json} beside it), as docker itself does since version 25.
 */
final class ArchiveSaver {
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private final BlobStore blobs;
    /** By image id: what is saved under which names. */
    private final Map<Digest, StoredImage> images = new LinkedHashMap<>();
    private final Map<Digest, List<Reference>> names = new LinkedHashMap<>();

    ArchiveSaver(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** @param given what the image was asked for by */
    void add(StoredImage image, String given) {
        images.put(image.id(), image);
        List<Reference> own = names.computeIfAbsent(image.id(), id -> new ArrayList<>());
        name(image, given).filter(name -> !own.contains(name)).ifPresent(own::add);
    }

    private static Optional<Reference> name(StoredImage image, String given) {
        try {
            Reference name = Reference.parse(given);
            return image.names().contains(name) ? Optional.of(name) : Optional.empty();
        } catch (ImageFormatException anId) {
            return Optional.empty();
        }
    }

    void write(OutputStream out) throws IOException {
        Map<Digest, Long> contents = new LinkedHashMap<>();
        List<Descriptor> described = new ArrayList<>();
        List<DockerArchive.Image> docker = new ArrayList<>();
        for (StoredImage image : images.values()) {
            contents.put(image.descriptor().digest(), image.descriptor().sizeBytes());
            contents.put(image.id(), image.manifest().config().sizeBytes());
            image.manifest().layers().forEach(l -> contents.put(l.digest(), l.sizeBytes()));
            described.addAll(describe(image));
            docker.add(new DockerArchive.Image(path(image.id()),
                    names.get(image.id()).stream().map(Reference::familiar).toList(),
                    image.manifest().layers().stream().map(l -> path(l.digest())).toList()));
        }
        try (TarWriter tar = new TarWriter(out)) {
            for (Map.Entry<Digest, Long> blob : contents.entrySet()) {
                try (InputStream content = blobs.open(blob.getKey())) {
                    tar.write(file(path(blob.getKey()), blob.getValue()), content);
                }
            }
            document(tar, "index.json",
                    new Index(MediaType.OCI_INDEX, described, Map.of()).toJson());
            document(tar, "manifest.json", new DockerArchive(docker).toJson());
            document(tar, "oci-layout", LAYOUT.getBytes(StandardCharsets.UTF_8));
        }
    }

    private List<Descriptor> describe(StoredImage image) {
        List<Descriptor> described = new ArrayList<>();
        for (Reference name : names.get(image.id())) {
            Map<String, String> annotations = new HashMap<>();
            annotations.put("io.containerd.image.name", name.toString());
            annotations.put(NameTable.NAME_ANNOTATION, name.toString());
            described.add(image.descriptor().withAnnotations(annotations));
        }
        return described.isEmpty()
                ? List.of(image.descriptor().withAnnotations(Map.of())) : described;
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
    }

    private static void document(TarWriter tar, String name, byte[] content) throws IOException {
        tar.write(file(name, content.length), new ByteArrayInputStream(content));
    }

    private static TarEntry file(String name, long sizeBytes) {
        return new TarEntry(TarEntry.Kind.FILE, name.getBytes(StandardCharsets.UTF_8), new byte[0],
                0644, 0, 0, sizeBytes, sizeBytes, 0, 0, 0, 0, Map.of(), Optional.empty());
    }
}
