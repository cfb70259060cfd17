package runtime.image;

import static runtime.image.ImageFormatException.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The words of a Dockerfile's line: quotes and backslashes as in a shell, and the variables
 * {@code $NAME}, {@code ${NAME}}, {@code ${NAME:-instead}} and {@code ${NAME:+instead}} (Dockerfile
 * reference, "Environment replacement").
 *
 * @param variables set by {@code ENV} so far; others are empty
 */
record DockerfileWords(Map<String, String> variables) {

    /** Splits at white space outside of quotes; quotes and backslashes stay where they are. */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                addTo(words, word);
                continue;
            }
            word.append(c);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        addTo(words, word);
        return words;
    }

    private static void addTo(List<String> words, StringBuilder word) {
        if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
        }
    }

    /** All words of a line, without quotes, variables replaced. */
    List<String> words(String line) throws ImageFormatException {
        List<String> words = new ArrayList<>();
        for (String word : split(line)) {
            words.add(expand(word));
        }
        return words;
    }

    /** One word, which may have spaces, without its quotes and with its variables replaced. */
    String expand(String raw) throws ImageFormatException {
        StringBuilder out = new StringBuilder();
        char quote = 0;
        int at = 0;
        while (at < raw.length()) {
            char c = raw.charAt(at);
            if (c == '$' && quote != '\'') {
                at = variable(raw, at + 1, out);
                continue;
            }
            if (c == '\\' && quote != '\'' && at + 1 < raw.length()) {
                char next = raw.charAt(++at);
                if (quote == '"' && next != '"' && next != '\\' && next != '$') {
                    out.append(c);
                }
                out.append(next);
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                out.append(c);
            }
            at++;
        }
        if (quote != 0) {
            throw new ImageFormatException("the quote " + quote + " in " + shown(raw)
                    + " is not closed");
        }
        return out.toString();
    }

    /** Writes the variable whose name begins at {@code from}; returns where the text goes on. */
    private int variable(String raw, int from, StringBuilder out) throws ImageFormatException {
        if (from < raw.length() && raw.charAt(from) == '{') {
            int end = raw.indexOf('}', from);
            if (end < 0) {
                throw new ImageFormatException("\"${\" in " + shown(raw) + " is not closed");
            }
            out.append(braced(raw.substring(from + 1, end)));
            return end + 1;
        }
        int end = nameEnd(raw, from);
        out.append(end == from ? "$" : variables.getOrDefault(raw.substring(from, end), ""));
        return end;
    }

    private String braced(String inside) throws ImageFormatException {
        int end = nameEnd(inside, 0);
        String value = variables.getOrDefault(inside.substring(0, end), "");
        String modifier = inside.substring(end);
        if (end > 0 && modifier.isEmpty()) {
            return value;
        }
        if (end > 0 && modifier.startsWith(":-")) {
            return value.isEmpty() ? expand(modifier.substring(2)) : value;
        }
        if (end > 0 && modifier.startsWith(":+")) {
            return value.isEmpty() ? "" : expand(modifier.substring(2));
        }
        throw new ImageFormatException(shown("${" + inside + "}") + " is not supported; write"
                + " ${NAME}, ${NAME:-instead} or ${NAME:+instead}");
    }

    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && (text.charAt(end) == '_' || isLetter(text.charAt(end))
                || end > from && Character.isDigit(text.charAt(end)))) {
            end++;
        }
        return end;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
