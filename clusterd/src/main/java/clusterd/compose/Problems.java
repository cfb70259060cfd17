package clusterd.compose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is found, in its order; the same thing once. */
final class Problems {
    private static final int LIMIT = 200;
    private static final int LONGEST_QUOTE = 80;

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Set<Problem> seen = new HashSet<>();

    void error(String path, Position at, String sentence) {
        add(errors, new Problem(true, path, at, sentence));
    }

    void warning(String path, Position at, String sentence) {
        add(warnings, new Problem(false, path, at, sentence));
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

    /** A text of the file in a message: quoted, shortened, without control characters. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int end = Math.min(text.length(), LONGEST_QUOTE);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean shown = !Character.isISOControl(c) && (!Character.isSurrogate(c) || i + 1 < end
                    && Character.isSurrogatePair(c, text.charAt(i + 1))
                    || i > 0 && Character.isSurrogatePair(text.charAt(i - 1), c));
            quoted.append(shown ? c : '\uFFFD');
        }
        return quoted.append(end < text.length() ? "…\"" : "\"").toString();
    }
}
