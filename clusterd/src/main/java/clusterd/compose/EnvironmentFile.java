package clusterd.compose;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code .env} and {@code env_file}: a line each {@code NAME=value}, also with {@code export}, comments, single quotes
 * (nothing in them means anything, they may go over lines) and double quotes (backslashes and variables do).
 */
final class EnvironmentFile {
    private final String file;
    private final String text;
    private final Map<String, String> outer;
    private final Problems problems;
    private final Budget budget;
    private final Map<String, String> values = new LinkedHashMap<>();
    private int next;
    private int line = 1;

    private EnvironmentFile(String file, String text, Map<String, String> outer, Problems problems, Budget budget) {
        this.file = file;
        this.text = text;
        this.outer = outer;
        this.problems = problems;
        this.budget = budget;
    }

    /**
     * Its variables in order. A name without {@code =} has the value of the outer one, if there is one.
     *
     * @param outer what variables of values are looked up in before those of the file itself
     */
    static Map<String, String> read(String file, String text, Map<String, String> outer, Problems problems,
            Budget budget) {
        EnvironmentFile reader = new EnvironmentFile(file, text.startsWith("\uFEFF") ? text.substring(1) : text,
                outer, problems, budget);
        budget.spendCharacters(text.length());
        if (text.indexOf('\0') >= 0) {
            reader.problem(1, "it is no text: it holds the character NUL");
            return Map.of();
        }
        while (reader.next < reader.text.length()) {
            reader.line();
        }
        return reader.values;
    }

    /** Lines as they are: {@code format: raw}. */
    static Map<String, String> readRaw(String text, Map<String, String> outer) {
        Map<String, String> values = new LinkedHashMap<>();
        text.lines().filter(each -> !each.isBlank() && !each.startsWith("#")).forEach(each -> {
            int equals = each.indexOf('=');
            if (equals > 0) {
                values.put(each.substring(0, equals), each.substring(equals + 1));
            } else if (equals < 0 && outer.containsKey(each.strip())) {
                values.put(each.strip(), outer.get(each.strip()));
            }
        });
        return values;
    }

    private void line() {
        int startLine = line;
        int end = endOfLine();
        String content = text.substring(next, end).strip();
        if (content.isEmpty() || content.startsWith("#")) {
            skipTo(end);
            return;
        }
        int equals = text.indexOf('=', next);
        boolean bare = equals < 0 || equals >= end;
        String name = (bare ? text.substring(next, end) : text.substring(next, equals)).strip();
        name = name.startsWith("export ") ? name.substring("export ".length()).strip() : name;
        if (!isName(name)) {
            problem(startLine, "expected NAME=value, not " + Problems.quote(content));
            skipTo(end);
        } else if (bare) {
            if (outer.containsKey(name)) {
                values.put(name, outer.get(name));
            }
            skipTo(end);
        } else {
            next = equals + 1;
            while (next < end && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
                next++;
            }
            values.put(name, value(name, end, startLine));
        }
    }

    private String value(String name, int end, int startLine) {
        char quote = next < end ? text.charAt(next) : 0;
        if (quote != '"' && quote != '\'') {
            String plain = text.substring(next, end);
            int comment = plain.startsWith("#") ? 0 : plain.indexOf(" #");
            skipTo(end);
            return substituted(name, (comment < 0 ? plain : plain.substring(0, comment)).strip(), startLine);
        }
        int close = next + 1;
        while (close < text.length() && text.charAt(close) != quote) {
            close += quote == '"' && text.charAt(close) == '\\' ? 2 : 1;
        }
        if (close >= text.length()) {
            problem(startLine, "the quote of " + name + " is not closed");
            skipTo(text.length());
            return "";
        }
        String inner = text.substring(next + 1, close);
        line += (int) inner.chars().filter(c -> c == '\n').count();
        next = close;
        skipTo(endOfLine());
        return quote == '\'' ? inner : unescaped(name, inner, startLine);
    }

    /** A {@code \$} stays a dollar sign. */
    private String unescaped(String name, String inner, int startLine) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c != '\\' || i + 1 == inner.length()) {
                out.append(c);
                continue;
            }
            char escaped = inner.charAt(++i);
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case '$' -> out.append("$$");
                case '"', '\\' -> out.append(escaped);
                default -> out.append(c).append(escaped);
            }
        }
        return substituted(name, out.toString(), startLine);
    }

    private String substituted(String name, String value, int startLine) {
        if (value.indexOf('$') < 0) {
            return value;
        }
        Tree.Scalar scalar = new Tree.Scalar(value, new Position(file, startLine, 1));
        return new Interpolation(variable -> outer.getOrDefault(variable, values.get(variable)), problems, budget)
                .text(name, scalar);
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.chars().noneMatch(c -> Character.isWhitespace(c)
                || Character.isISOControl(c) || c == '"' || c == '\'');
    }

    private int endOfLine() {
        int end = text.indexOf('\n', next);
        return end < 0 ? text.length() : end;
    }

    private void skipTo(int end) {
        next = Math.min(end + 1, text.length());
        line++;
    }

    private void problem(int atLine, String sentence) {
        problems.error("", new Position(file, atLine, 1), sentence);
    }
}
