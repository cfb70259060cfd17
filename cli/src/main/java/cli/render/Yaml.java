package cli.render;

import java.util.List;
import java.util.Map;

/** The values of {@link Json} as YAML 1.2 block text. Strings that could be read otherwise are quoted. */
public final class Yaml {
    private Yaml() {}

    /** The text, ended with a new line. */
    public static String text(Object value) {
        StringBuilder text = new StringBuilder();
        if (isBlock(value)) {
            block(text, value, 0, false);
        } else {
            text.append(scalar(value)).append('\n');
        }
        return text.toString();
    }

    private static boolean isBlock(Object value) {
        return value instanceof Map<?, ?> map && !map.isEmpty()
                || value instanceof List<?> list && !list.isEmpty();
    }

    private static void block(StringBuilder text, Object value, int depth, boolean started) {
        boolean first = started;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                indent(text, first ? 0 : depth);
                first = false;
                text.append(scalar(entry.getKey().toString())).append(':');
                int childDepth = entry.getValue() instanceof List<?> ? depth : depth + 1;
                child(text, entry.getValue(), childDepth);
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                indent(text, first ? 0 : depth);
                first = false;
                text.append('-');
                if (isBlock(element)) {
                    text.append(' ');
                    block(text, element, depth + 1, true);
                } else {
                    text.append(' ').append(scalar(element)).append('\n');
                }
            }
        }
    }

    private static void child(StringBuilder text, Object value, int depth) {
        if (isBlock(value)) {
            text.append('\n');
            block(text, value, depth, false);
        } else {
            text.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static void indent(StringBuilder text, int depth) {
        text.append("  ".repeat(depth));
    }

    private static String scalar(Object value) {
        if (!(value instanceof String string)) {
            return Json.compact(value);
        }
        return isPlain(string) ? string : Json.compact(string);
    }

    /** Whether every YAML reader takes it for this string: words that begin with a letter or a slash. */
    private static boolean isPlain(String string) {
        if (string.isEmpty() || !Character.isLetter(string.charAt(0)) && string.charAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < string.length(); i++) {
            char character = string.charAt(i);
            if (!(character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z'
                    || character >= '0' && character <= '9' || "/._-".indexOf(character) >= 0)) {
                return false;
            }
        }
        return switch (string.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "false", "yes", "no", "on", "off", "null", "y", "n" -> false;
            default -> true;
        };
    }
}
