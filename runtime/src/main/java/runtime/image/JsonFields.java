package runtime.image;

import static runtime.image.ImageFormatException.shown;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One JSON object of an image document, read field by field. Every error names the path of the
 * field, such as {@code manifest.layers[3].digest}. Size, depth and number lengths are bounded
 * before anything is built; a key given twice is an error, since readers disagree on which counts.
 */
public record JsonFields(String path, ObjectNode node) {
    /** The size the OCI distribution-spec asks registries to accept for a manifest. */
    public static final int LIMIT_BYTES = 4 << 20;

    private static final int DEPTH_LIMIT = 32;
    private static final int NUMBER_LIMIT_CHARACTERS = 20;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_LIMIT)
                    .maxNumberLength(NUMBER_LIMIT_CHARACTERS)
                    .maxDocumentLength(LIMIT_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads a whole document that must be one object.
     *
     * @param path what the document is called in errors
     */
    public static JsonFields read(String path, byte[] json) throws ImageFormatException {
        if (json.length > LIMIT_BYTES) {
            throw new ImageFormatException(path + " has " + json.length
                    + " bytes; at most " + LIMIT_BYTES + " are accepted");
        }
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ImageFormatException(path + " is not valid JSON: "
                    + shown(e.getOriginalMessage()) + where(e), e);
        } catch (IOException e) {
            throw new ImageFormatException(path + " is not valid JSON: "
                    + shown(String.valueOf(e.getMessage())), e);
        }
        if (!(root instanceof ObjectNode object)) {
            throw new ImageFormatException(path + " must be a JSON object, it is "
                    + kind(root));
        }
        return new JsonFields(path, object);
    }

    /** An empty object to write into. */
    static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    static byte[] write(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree in memory could not be written", e);
        }
    }

    public boolean has(String name) {
        JsonNode value = node.get(name);
        return value != null && !value.isNull();
    }

    public String text(String name) throws ImageFormatException {
        return optionalText(name).orElseThrow(() -> missing(name));
    }

    /** Empty if the field is absent or null. */
    public Optional<String> optionalText(String name) throws ImageFormatException {
        if (!has(name)) {
            return Optional.empty();
        }
        JsonNode value = node.get(name);
        if (!value.isTextual()) {
            throw wrongKind(name, "a string", value);
        }
        return Optional.of(value.textValue());
    }

    public long number(String name) throws ImageFormatException {
        if (!has(name)) {
            throw missing(name);
        }
        JsonNode value = node.get(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrongKind(name, "a whole number of at most 64 bits", value);
        }
        return value.longValue();
    }

    public Optional<JsonFields> optionalObject(String name) throws ImageFormatException {
        if (!has(name)) {
            return Optional.empty();
        }
        return Optional.of(asObject(path + "." + name, node.get(name)));
    }

    public JsonFields object(String name) throws ImageFormatException {
        return optionalObject(name).orElseThrow(() -> missing(name));
    }

    /** The objects of an array; an absent array is an error. */
    public List<JsonFields> objects(String name, int limit) throws ImageFormatException {
        List<JsonFields> objects = new ArrayList<>();
        for (JsonNode element : array(name, limit)) {
            objects.add(asObject(path + "." + name + "[" + objects.size() + "]", element));
        }
        return List.copyOf(objects);
    }

    /** The strings of an array; empty if the field is absent. */
    public List<String> texts(String name, int limit) throws ImageFormatException {
        if (!has(name)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(name, limit)) {
            if (!element.isTextual()) {
                throw wrongKind(name + "[" + texts.size() + "]", "a string", element);
            }
            texts.add(element.textValue());
        }
        return List.copyOf(texts);
    }

    /** A map of strings in the order of its keys; empty if the field is absent. */
    public Map<String, String> textMap(String name) throws ImageFormatException {
        Optional<JsonFields> map = optionalObject(name);
        if (map.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.get().node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw map.get().wrongKind(entry.getKey(), "a string", entry.getValue());
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        }
        return texts;
    }

    public Digest digest(String name) throws ImageFormatException {
        try {
            return Digest.parse(text(name));
        } catch (ImageFormatException e) {
            throw at(name, e);
        }
    }

    public Optional<MediaType> mediaType(String name) throws ImageFormatException {
        Optional<String> text = optionalText(name);
        if (text.isEmpty() || text.get().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(MediaType.parse(text.get()));
        } catch (ImageFormatException e) {
            throw at(name, e);
        }
    }

    public ImageFormatException missing(String name) {
        return new ImageFormatException(path + "." + shownName(name) + " is missing");
    }

    /** An error about one field of this object. */
    public ImageFormatException invalid(String name, String problem) {
        return new ImageFormatException(path + "." + shownName(name) + ": " + problem);
    }

    private ImageFormatException at(String name, ImageFormatException cause) {
        String message = cause.getMessage();
        String place = path + "." + name;
        return message.startsWith(place) ? cause : new ImageFormatException(
                place + ": " + message, cause);
    }

    private JsonNode array(String name, int limit) throws ImageFormatException {
        if (!has(name)) {
            throw missing(name);
        }
        JsonNode value = node.get(name);
        if (!value.isArray()) {
            throw wrongKind(name, "an array", value);
        }
        if (value.size() > limit) {
            throw invalid(name, value.size() + " elements; at most " + limit + " are accepted");
        }
        return value;
    }

    private static JsonFields asObject(String path, JsonNode value) throws ImageFormatException {
        if (value instanceof ObjectNode object) {
            return new JsonFields(path, object);
        }
        throw new ImageFormatException(path + " must be an object, it is " + kind(value));
    }

    private ImageFormatException wrongKind(String name, String wanted, JsonNode value) {
        return new ImageFormatException(path + "." + shownName(name) + " must be " + wanted
                + ", it is " + kind(value));
    }

    private static String shownName(String name) {
        String quoted = shown(name);
        return quoted.equals("\"" + name + "\"") ? name : quoted;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "an object";
            case ARRAY -> "an array";
            case STRING, BINARY -> "the string " + shown(value.asText());
            case NUMBER -> "the number " + shown(value.asText());
            case BOOLEAN -> value.asText();
            case NULL -> "null";
            case MISSING -> "nothing";
        };
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr()
                + ", column " + e.getLocation().getColumnNr() + ")";
    }
}
