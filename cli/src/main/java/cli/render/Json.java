package cli.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON text (RFC 8259) and plain values: Map, List, String, Boolean, Long, Double, null. Writing is
 * done here, without a library, since every command may be asked for it; reading is Jackson's.
 */
public final class Json {
    private Json() {}

    /** On one line. */
    public static String compact(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, -1);
        return text.toString();
    }

    /** Indented by four spaces, as docker prints it. */
    public static String indented(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, 0);
        return text.toString();
    }

    /**
     * Reads one value; objects keep their order.
     *
     * @throws IllegalArgumentException if the text is no JSON, or goes on after the value
     */
    public static Object parse(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("no JSON: the text is empty");
            }
            Object value = read(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more than one JSON value");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON: " + e.getMessage(), e);
        }
    }

    private static Object read(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, read(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(read(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? (Object) parser.getDoubleValue() : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new IOException("unexpected " + token);
        };
    }

    private static void write(StringBuilder text, Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            object(text, map, depth);
        } else if (value instanceof List<?> list) {
            array(text, list, depth);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            quoted(text, value.toString());
        }
    }

    private static void object(StringBuilder text, Map<?, ?> map, int depth) {
        text.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(text, depth, 1);
            quoted(text, entry.getKey().toString());
            text.append(depth < 0 ? ":" : ": ");
            write(text, entry.getValue(), depth < 0 ? depth : depth + 1);
            if (entries.hasNext()) {
                text.append(',');
            } else {
                newLine(text, depth, 0);
            }
        }
        text.append('}');
    }

    private static void array(StringBuilder text, List<?> list, int depth) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                text.append(',');
            }
            newLine(text, depth, 1);
            write(text, list.get(i), depth < 0 ? depth : depth + 1);
        }
        if (!list.isEmpty()) {
            newLine(text, depth, 0);
        }
        text.append(']');
    }

    private static void newLine(StringBuilder text, int depth, int more) {
        if (depth >= 0) {
            text.append('\n');
            for (int i = 0; i < depth + more; i++) {
                text.append("    ");
            }
        }
    }

    /** Appends a string in quotes, control characters escaped. */
    static void quoted(StringBuilder text, String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char character = string.charAt(i);
            switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character < 0x20 || character == 0x7f || Character.isSurrogate(character)
                            && !paired(string, i)) {
                        text.append("\\u").append(Integer.toHexString(0x10000 | character), 1, 5);
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String string, int at) {
        char character = string.charAt(at);
        return Character.isHighSurrogate(character)
                ? at + 1 < string.length() && Character.isLowSurrogate(string.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(string.charAt(at - 1));
    }
}
