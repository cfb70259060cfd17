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
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
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

    /**
     * The characters of a text in UTF-8, which JSON must be (RFC 8259 §8.1).
     *
     * @throws SpecException if it is not UTF-8; the problem names the first wrong byte and its offset
     */
    public static String decode(byte[] bytes) throws SpecException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT);
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        if (decoder.decode(input, characters, true).isError()) {
            throw broken(String.format("the byte 0x%02x at offset %d is not UTF-8, which the file must"
                    + " be (RFC 8259 section 8.1); save it as UTF-8",
                    bytes[input.position()], input.position()));
        }
        return characters.flip().toString();
    }

    private static SpecException broken(String text) {
        return new SpecException(List.of(new Problem("$", text)));
    }
}
