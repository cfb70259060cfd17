package runtime.spec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** JSON text from anywhere to a tree, within limits that keep a hostile text small in memory. */
public final class JsonText {
    private static final int MAX_CHARACTERS = 4 << 20;
    private static final int MAX_STRING_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_DIGITS = 40;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_STRING_CHARACTERS)
                            .maxNumberLength(MAX_NUMBER_DIGITS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonText() {}

    /**
     * Reads one JSON object: at most 4 Mi characters, 64 levels, no key twice, nothing after it.
     *
     * @throws SpecException if the text is not such an object; the problem names line and column
     */
    public static ObjectNode parseObject(String text) throws SpecException {
        if (text.length() > MAX_CHARACTERS) {
            throw broken("the text has " + text.length() + " characters; at most "
                    + MAX_CHARACTERS + " are read");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr()
                    + ", column " + e.getLocation().getColumnNr();
            throw broken("not valid JSON" + place + ": " + e.getOriginalMessage());
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw broken("a JSON object is expected, not " + Fields.describe(node));
    }

    private static SpecException broken(String text) {
        return new SpecException(List.of(new Problem("$", text)));
    }
}
