package runtime.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A pointer to a blob: what it is, its digest and length (OCI image-spec descriptor.md).
 *
 * @param platform only on the entries of an index
 */
public record Descriptor(MediaType mediaType, Digest digest, long sizeBytes,
        Optional<Platform> platform, Map<String, String> annotations) {

    public Descriptor {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("negative size: " + sizeBytes);
        }
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(MediaType mediaType, Digest digest, long sizeBytes) {
        this(mediaType, digest, sizeBytes, Optional.empty(), Map.of());
    }

    /** Describes {@code content} by its SHA-256 digest. */
    public static Descriptor of(MediaType mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.of(content), content.length);
    }

    public Descriptor withPlatform(Platform other) {
        return new Descriptor(mediaType, digest, sizeBytes, Optional.of(other), annotations);
    }

    public Descriptor withAnnotations(Map<String, String> other) {
        return new Descriptor(mediaType, digest, sizeBytes, platform, other);
    }

    static Descriptor read(JsonFields fields) throws ImageFormatException {
        MediaType mediaType =
                fields.mediaType("mediaType").orElseThrow(() -> fields.missing("mediaType"));
        Digest digest = fields.digest("digest");
        long sizeBytes = fields.number("size");
        if (sizeBytes < 0) {
            throw fields.invalid("size", sizeBytes + " is negative");
        }
        Optional<JsonFields> platform = fields.optionalObject("platform");
        return new Descriptor(mediaType, digest, sizeBytes,
                platform.isPresent() ? Optional.of(readPlatform(platform.get())) : Optional.empty(),
                fields.textMap("annotations"));
    }

    ObjectNode toNode() {
        ObjectNode node = JsonFields.newObject();
        node.put("mediaType", mediaType.name());
        node.put("digest", digest.toString());
        node.put("size", sizeBytes);
        platform.ifPresent(p -> {
            ObjectNode platformNode = node.putObject("platform");
            platformNode.put("architecture", p.architecture());
            platformNode.put("os", p.os());
            if (!p.variant().isEmpty()) {
                platformNode.put("variant", p.variant());
            }
        });
        writeAnnotations(node, annotations);
        return node;
    }

    static void writeAnnotations(ObjectNode node, Map<String, String> annotations) {
        if (!annotations.isEmpty()) {
            ObjectNode map = node.putObject("annotations");
            new TreeMap<>(annotations).forEach(map::put);
        }
    }

    private static Platform readPlatform(JsonFields fields) throws ImageFormatException {
        return new Platform(fields.text("os"), fields.text("architecture"),
                fields.optionalText("variant").orElse(""));
    }
}
