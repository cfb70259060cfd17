package runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One image: its configuration and its layers, lowest first (OCI image-spec manifest.md, docker
 * "Image Manifest Version 2, Schema 2").
 */
public record Manifest(MediaType mediaType, Descriptor config, List<Descriptor> layers,
        Map<String, String> annotations) implements ImageDocument {

    /** More than any storage driver mounts (docker stops at 127). */
    static final int LAYER_LIMIT = 1_000;

    public Manifest {
        if (mediaType.kind() != MediaType.Kind.MANIFEST) {
            throw new IllegalArgumentException("not a manifest's type: " + mediaType);
        }
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    /**
     * Reads a manifest and refuses an index.
     *
     * @param declared the type it was served or described as, see {@link ImageDocument#parse}
     */
    public static Manifest parse(byte[] json, Optional<MediaType> declared)
            throws ImageFormatException {
        return switch (ImageDocument.parse(json, declared)) {
            case Manifest manifest -> manifest;
            case Index index -> throw new ImageFormatException("expected the manifest of one image,"
                    + " got an index of " + index.manifests().size());
        };
    }

    static Manifest read(MediaType type, JsonFields fields) throws ImageFormatException {
        Descriptor config = Descriptor.read(fields.object("config"));
        checkConfig(config);
        List<Descriptor> layers = new ArrayList<>();
        for (JsonFields layer : fields.objects("layers", LAYER_LIMIT)) {
            Descriptor descriptor = Descriptor.read(layer);
            checkLayer(layer, descriptor);
            layers.add(descriptor);
        }
        return new Manifest(type, config, layers, fields.textMap("annotations"));
    }

    @Override
    public byte[] toJson() {
        ObjectNode node = JsonFields.newObject();
        node.put("schemaVersion", 2);
        node.put("mediaType", mediaType.name());
        node.set("config", config.toNode());
        ArrayNode array = node.putArray("layers");
        layers.forEach(layer -> array.add(layer.toNode()));
        Descriptor.writeAnnotations(node, annotations);
        return JsonFields.write(node);
    }

    /** This manifest as an index or a name points to it. */
    public Descriptor descriptor() {
        return Descriptor.of(mediaType, toJson());
    }

    private static void checkConfig(Descriptor config) throws ImageFormatException {
        MediaType type = config.mediaType();
        // Old pushes through some registries lost the type of the configuration.
        boolean untyped = type.name().equals("application/octet-stream");
        if (type.kind() != MediaType.Kind.CONFIG && !untyped) {
            throw new ImageFormatException("manifest.config has media type " + type
                    + ": this is not a container image but another kind of artifact");
        }
        if (config.sizeBytes() > JsonFields.LIMIT_BYTES) {
            throw new ImageFormatException("manifest.config.size: " + config.sizeBytes()
                    + " bytes; at most " + JsonFields.LIMIT_BYTES + " are accepted");
        }
    }

    private static void checkLayer(JsonFields fields, Descriptor layer)
            throws ImageFormatException {
        MediaType type = layer.mediaType();
        switch (type.kind()) {
            case LAYER -> { }
            case FOREIGN_LAYER -> throw fields.invalid("mediaType", type + " is a foreign layer,"
                    + " which the registry does not hold (Windows base images use them);"
                    + " such images cannot be used here");
            case MANIFEST, INDEX, CONFIG, SCHEMA_1, UNKNOWN ->
                    throw fields.invalid("mediaType", type + " is not a known type of image layer");
        }
    }
}
