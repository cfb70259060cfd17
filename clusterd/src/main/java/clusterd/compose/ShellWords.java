package clusterd.compose;

import java.util.ArrayList;
import java.util.List;

/**
 * A line split as a shell splits it, and words as a line. Quotes and backslashes only: nothing is substituted
 * (POSIX Shell Command Language, 2.2).
 */
final class ShellWords {
    private ShellWords() {
    }

    /**
     * The words.
     *
     * @throws IllegalArgumentException if a quote is not closed or a backslash ends it
     */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == '\'') {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\\') {
                if (++i == line.length()) {
                    throw new IllegalArgumentException("it ends in a backslash");
                }
                char next = line.charAt(i);
                inWord = true;
                if (quote == '"' && "\"\\$`\n".indexOf(next) < 0) {
                    word.append(c);
                }
                if (next != '\n') {
                    word.append(next);
                }
            } else if (quote == '"' && c == '"') {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a " + quote + " is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
