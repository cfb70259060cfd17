package clusterd.board;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;

/** JSON on one line. Texts are made {@linkplain PlainText plain} on the way: users and containers wrote them. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {
    }

    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    private static String text(Body body) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            body.write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot be written to", impossible);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** An object whose values are JSON already. */
    static String ofRaw(SortedMap<String, String> parts) {
        return text(out -> {
            out.writeStartObject();
            for (Map.Entry<String, String> each : parts.entrySet()) {
                out.writeFieldName(each.getKey());
                out.writeRawValue(each.getValue());
            }
            out.writeEndObject();
        });
    }

    /**
     * Of values.
     *
     * @param value a string, number, boolean, map with strings as keys, or collection of such
     */
    public static String of(Object value) {
        return text(out -> write(value, out));
    }

    private static void write(Object value, JsonGenerator out) throws IOException {
        switch (value) {
            case String each -> out.writeString(PlainText.of(each));
            case Integer each -> out.writeNumber(each);
            case Long each -> out.writeNumber(each);
            case Boolean each -> out.writeBoolean(each);
            case Map<?, ?> each -> {
                out.writeStartObject();
                for (Map.Entry<?, ?> field : each.entrySet()) {
                    out.writeFieldName(PlainText.of((String) field.getKey()));
                    write(field.getValue(), out);
                }
                out.writeEndObject();
            }
            case Collection<?> each -> {
                out.writeStartArray();
                for (Object element : each) {
                    write(element, out);
                }
                out.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no JSON of a " + value.getClass().getName());
        }
    }
}
