package runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code manifest.json} of an archive that {@code docker save} writes (docker
 * image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format"): its images.
 */
public record DockerArchive(List<Image> images) {
    private static final int IMAGE_LIMIT = 10_000;

    /**
     * @param config path of the configuration in the archive
     * @param names  {@code debian:12}; may be none
     * @param layers paths of the layers in the archive, lowest first
     */
    public record Image(String config, List<String> names, List<String> layers) {
    }

    public static DockerArchive parse(byte[] json) throws ImageFormatException {
        // The document is an array; our reader wants an object around it.
        byte[] start = "{\"images\":".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] wrapped = java.util.Arrays.copyOf(start, start.length + json.length + 1);
        System.arraycopy(json, 0, wrapped, start.length, json.length);
        wrapped[wrapped.length - 1] = '}';
        List<Image> images = new ArrayList<>();
        for (JsonFields image : JsonFields.read("manifest.json", wrapped)
                .objects("images", IMAGE_LIMIT)) {
            images.add(new Image(image.text("Config"), image.texts("RepoTags", IMAGE_LIMIT),
                    image.texts("Layers", Manifest.LAYER_LIMIT)));
        }
        return new DockerArchive(images);
    }

    public byte[] toJson() {
        ObjectNode outer = JsonFields.newObject();
        ArrayNode array = outer.putArray("images");
        for (Image image : images) {
            ObjectNode node = array.addObject();
            node.put("Config", image.config());
            ArrayNode names = node.putArray("RepoTags");
            image.names().forEach(names::add);
            ArrayNode layers = node.putArray("Layers");
            image.layers().forEach(layers::add);
        }
        return array.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
