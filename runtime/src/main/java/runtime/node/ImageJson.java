package runtime.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import runtime.image.ImageDefaults;
import runtime.store.StoredImage;

/** An image as {@code docker image inspect} shows it. */
final class ImageJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ImageJson() {}

    /** The JSON object as text. */
    static String of(StoredImage image) {
        ObjectNode object = MAPPER.createObjectNode();
        object.put("Id", image.id().toString());
        strings(object.putArray("RepoTags"), image.names().stream()
                .filter(name -> name.tag().isPresent()).map(name -> name.familiar()).toList());
        strings(object.putArray("RepoDigests"), image.names().stream()
                .map(name -> name.familiarName() + "@" + image.descriptor().digest()).toList());
        object.put("Created", image.created().toString());
        object.put("Author", image.config().author());
        object.put("Architecture", image.config().platform().architecture());
        object.put("Variant", image.config().platform().variant());
        object.put("Os", image.config().platform().os());
        object.put("Size", image.sizeBytes());
        config(object.putObject("Config"), image.config().defaults());
        ObjectNode root = object.putObject("RootFS");
        root.put("Type", "layers");
        strings(root.putArray("Layers"),
                image.config().diffIds().stream().map(Object::toString).toList());
        object.putObject("Descriptor")
                .put("mediaType", image.descriptor().mediaType().toString())
                .put("digest", image.descriptor().digest().toString())
                .put("size", image.descriptor().sizeBytes());
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    private static void config(ObjectNode config, ImageDefaults defaults) {
        config.put("User", defaults.user());
        strings(config.putArray("Env"), defaults.environment());
        strings(config.putArray("Entrypoint"), defaults.entrypoint());
        strings(config.putArray("Cmd"), defaults.command());
        config.put("WorkingDir", defaults.workingFolder());
        config.put("StopSignal", defaults.stopSignal());
        ObjectNode labels = config.putObject("Labels");
        defaults.labels().forEach(labels::put);
        ObjectNode volumes = config.putObject("Volumes");
        defaults.volumes().forEach(volumes::putObject);
        ObjectNode ports = config.putObject("ExposedPorts");
        defaults.exposedPorts().forEach(ports::putObject);
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
