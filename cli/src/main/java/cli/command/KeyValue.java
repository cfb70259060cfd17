package cli.command;

import java.util.ArrayList;
import java.util.List;

/** Takes "key=value" and comma-separated words apart, without regular expressions. */
final class KeyValue {
    private KeyValue() {}

    /**
     * Cuts at the first equals sign.
     *
     * @throws UsageException if there is none, or nothing before it
     */
    static String[] split(String option, String word) throws UsageException {
        int equals = word.indexOf('=');
        if (equals <= 0) {
            throw Arguments.invalid(option, word, "expected key=value");
        }
        return new String[] {word.substring(0, equals), word.substring(equals + 1)};
    }

    /** Cuts at commas; a field in double quotes may hold some (RFC 4180). */
    static List<String> commas(String text) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '"') {
                quoted = !quoted;
            } else if (character == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(character);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
