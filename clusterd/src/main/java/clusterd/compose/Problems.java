package clusterd.compose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is found, in its order; the same thing once. */
final class Problems {
    private static final int LIMIT = 200;
    private static final int LONGEST = 1000;
    private static final int LONGEST_QUOTE = 80;

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Set<Problem> seen = new HashSet<>();

    void error(String path, Position at, String sentence) {
        add(errors, new Problem(true, shown(path), at, shown(sentence)));
    }

    void warning(String path, Position at, String sentence) {
        add(warnings, new Problem(false, shown(path), at, shown(sentence)));
    }

    /** Texts of files may be in it: neither too long, nor able to steer a terminal. */
    private static String shown(String text) {
        String cut = text.length() <= LONGEST ? text
                : text.substring(0, LONGEST / 2) + " … " + text.substring(text.length() - LONGEST / 2);
        StringBuilder shown = new StringBuilder();
        cut.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c)
                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
        return shown.toString();
    }

    private void add(List<Problem> list, Problem problem) {
        if (list.size() < LIMIT && seen.add(problem)) {
            list.add(problem);
        } else if (list.size() == LIMIT) {
            list.add(new Problem(problem.error(), "", problem.at(), "there is more, which is not told"));
        }
    }

    List<Problem> errors() {
        return List.copyOf(errors);
    }

    List<Problem> warnings() {
        return List.copyOf(warnings);
    }

    /** A text of the file in a message: quoted and shortened. */
    static String quote(String text) {
        return text.length() <= LONGEST_QUOTE ? "\"" + text + "\"" : "\"" + text.substring(0, LONGEST_QUOTE) + "…\"";
    }
}
