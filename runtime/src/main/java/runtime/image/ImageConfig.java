package runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image's configuration (OCI image-spec config.md): what it runs on, what it starts by default,
 * and its layers as digests of their uncompressed tars, lowest first. The digest of the document is
 * the image's id.
 *
 * @param created  absent where the builder left it out for the sake of reproducible bytes
 * @param defaults what a container of it runs unless told otherwise
 * @param diffIds  one per layer
 */
public record ImageConfig(Platform platform, Optional<Instant> created, String author,
                          ImageDefaults defaults, List<Digest> diffIds, List<History> history) {

    private static final int HISTORY_LIMIT = 10_000;

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /**
     * How one layer came to be.
     *
     * @param emptyLayer whether the step changed only the configuration and has no layer
     */
    public record History(Optional<Instant> created, String createdBy, String author,
                          String comment, boolean emptyLayer) {
    }

    /** Reads a configuration; every error names the path of the field. */
    public static ImageConfig parse(byte[] json) throws ImageFormatException {
        JsonFields fields = JsonFields.read("config", json);
        JsonFields rootFilesystem = fields.object("rootfs");
        List<Digest> diffIds = new ArrayList<>();
        for (String diffId : rootFilesystem.texts("diff_ids", Manifest.LAYER_LIMIT)) {
            diffIds.add(Digest.parse(diffId));
        }
        Optional<JsonFields> defaults = fields.optionalObject("config");
        return new ImageConfig(
                new Platform(fields.text("os"), fields.text("architecture"),
                        fields.optionalText("variant").orElse("")),
                instant(fields, "created"), fields.optionalText("author").orElse(""),
                defaults.isPresent() ? ImageDefaults.read(defaults.get()) : ImageDefaults.NONE,
                diffIds, history(fields));
    }

    private static List<History> history(JsonFields fields) throws ImageFormatException {
        if (!fields.has("history")) {
            return List.of();
        }
        List<History> history = new ArrayList<>();
        for (JsonFields step : fields.objects("history", HISTORY_LIMIT)) {
            history.add(new History(instant(step, "created"),
                    step.optionalText("created_by").orElse(""),
                    step.optionalText("author").orElse(""),
                    step.optionalText("comment").orElse(""),
                    step.has("empty_layer") && step.node().get("empty_layer").asBoolean()));
        }
        return history;
    }

    private static Optional<Instant> instant(JsonFields fields, String name)
            throws ImageFormatException {
        Optional<String> text = fields.optionalText(name);
        if (text.isEmpty() || text.get().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
        } catch (DateTimeException e) {
            throw fields.invalid(name, ImageFormatException.shown(text.get())
                    + " is not a time as RFC 3339 writes it");
        }
    }

    /** The document, fields in a fixed order. */
    public byte[] toJson() {
        ObjectNode node = JsonFields.newObject();
        node.put("architecture", platform.architecture());
        node.put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            node.put("variant", platform.variant());
        }
        created.ifPresent(time -> node.put("created", time.toString()));
        if (!author.isEmpty()) {
            node.put("author", author);
        }
        node.set("config", defaults.toNode());
        ObjectNode rootFilesystem = node.putObject("rootfs");
        rootFilesystem.put("type", "layers");
        ArrayNode ids = rootFilesystem.putArray("diff_ids");
        diffIds.forEach(id -> ids.add(id.toString()));
        ArrayNode steps = node.putArray("history");
        history.forEach(step -> write(step, steps.addObject()));
        return JsonFields.write(node);
    }

    private static void write(History step, ObjectNode node) {
        step.created().ifPresent(time -> node.put("created", time.toString()));
        putUnlessEmpty(node, "created_by", step.createdBy());
        putUnlessEmpty(node, "author", step.author());
        putUnlessEmpty(node, "comment", step.comment());
        if (step.emptyLayer()) {
            node.put("empty_layer", true);
        }
    }

    private static void putUnlessEmpty(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }

    /**
     * The chain id of each layer: the digest of it and all layers below it (OCI image-spec config.md,
     * "Layer ChainID"). Two images whose chain ids agree share the unpacked layer.
     */
    public List<Digest> chainIds() {
        List<Digest> chain = new ArrayList<>();
        for (Digest diffId : diffIds) {
            chain.add(chain.isEmpty() ? diffId
                    : Digest.of((chain.getLast() + " " + diffId)
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        }
        return List.copyOf(chain);
    }
}
