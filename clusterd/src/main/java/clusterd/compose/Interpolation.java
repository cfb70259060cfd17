package clusterd.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Variables in values: {@code $NAME}, {@code ${NAME}}, and with {@code :-}, {@code -}, {@code :?}, {@code ?},
 * {@code :+} or {@code +} a default, an error or another value, which may hold variables in turn; {@code $$} is a
 * dollar sign.
 */
final class Interpolation {
    private static final int LIMIT_DEPTH = 20;

    private final UnaryOperator<String> variables;
    private final Problems problems;
    private final Budget budget;

    /**
     * Looks variables up as told.
     *
     * @param variables a name's value, or null
     */
    Interpolation(UnaryOperator<String> variables, Problems problems, Budget budget) {
        this.variables = variables;
        this.problems = problems;
        this.budget = budget;
    }

    /** One text with the variables' values. */
    String text(String path, Tree.Scalar scalar) {
        return scalar(path, scalar).text();
    }

    /** The file with the variables' values; extensions of the file itself are left as they are. */
    Tree document(Tree tree) {
        if (!(tree instanceof Tree.Mapping mapping)) {
            return tree;
        }
        Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> entries.put(key, key.startsWith("x-") ? entry
                : new Tree.Entry(entry.at(), value(key, entry.value()))));
        return new Tree.Mapping(entries, mapping.at(), mapping.override());
    }

    private Tree value(String path, Tree tree) {
        budget.spendValues(1);
        return switch (tree) {
            case Tree.Scalar scalar -> scalar(path, scalar);
            case Tree.Sequence sequence -> {
                List<Tree> elements = new ArrayList<>();
                for (Tree element : sequence.elements()) {
                    elements.add(value(path + "[" + elements.size() + "]", element));
                }
                yield new Tree.Sequence(elements, sequence.at(), sequence.override());
            }
            case Tree.Mapping mapping -> {
                Map<String, Tree.Entry> entries = new LinkedHashMap<>();
                mapping.entries().forEach((key, entry) -> entries.put(key,
                        new Tree.Entry(entry.at(), value(path + "." + key, entry.value()))));
                yield new Tree.Mapping(entries, mapping.at(), mapping.override());
            }
        };
    }

    private Tree.Scalar scalar(String path, Tree.Scalar scalar) {
        if (scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        Run run = new Run(path, scalar);
        String text = run.upTo(false, 0);
        return new Tree.Scalar(run.failed ? "" : text, Tree.Kind.TEXT, scalar.at(), scalar.override());
    }

    /** One value from left to right. */
    private final class Run {
        private final String path;
        private final Tree.Scalar scalar;
        private final String text;
        private int next;
        private boolean failed;
        /** Parts that are not taken are read all the same, but ask for nothing. */
        private int ignored;

        Run(String path, Tree.Scalar scalar) {
            this.path = path;
            this.scalar = scalar;
            this.text = scalar.text();
        }

        String upTo(boolean brace, int depth) {
            StringBuilder out = new StringBuilder();
            while (next < text.length() && !failed) {
                char c = text.charAt(next++);
                if (brace && c == '}') {
                    return out.toString();
                }
                if (c != '$') {
                    out.append(c);
                } else if (next < text.length() && text.charAt(next) == '$') {
                    out.append(c);
                    next++;
                } else {
                    String value = variable(depth);
                    budget.spendCharacters(value.length());
                    out.append(value);
                }
            }
            if (brace) {
                fail("a ${ is not closed");
            }
            return out.toString();
        }

        private String variable(int depth) {
            if (depth > LIMIT_DEPTH) {
                return fail("variables are more than " + LIMIT_DEPTH + " deep in each other");
            }
            boolean braces = next < text.length() && text.charAt(next) == '{';
            next += braces ? 1 : 0;
            String name = name();
            if (name.isEmpty()) {
                return fail("no variable's name follows a $: write $$ for a dollar sign");
            }
            if (!braces) {
                return plain(name);
            }
            boolean orEmpty = next < text.length() && text.charAt(next) == ':';
            next += orEmpty ? 1 : 0;
            char operator = next < text.length() ? text.charAt(next++) : 0;
            if (operator == '}' && !orEmpty) {
                return plain(name);
            }
            if ("-?+".indexOf(operator) < 0 || operator == 0) {
                return fail("after ${" + name + " one of } :- - :? ? :+ + is expected");
            }
            String value = variables.apply(name);
            boolean given = value != null && !(orEmpty && value.isEmpty());
            boolean takesWord = operator == '+' ? given : !given;
            ignored += takesWord ? 0 : 1;
            String word = upTo(true, depth + 1);
            ignored -= takesWord ? 0 : 1;
            return switch (operator) {
                case '-' -> given ? value : word;
                case '+' -> given ? word : "";
                default -> given || failed || ignored > 0 ? given ? value : ""
                        : fail("variable " + name + " is required" + (word.isEmpty() ? "" : ": " + word));
            };
        }

        private String name() {
            int start = next;
            while (next < text.length() && isName(text.charAt(next), next == start)) {
                next++;
            }
            return text.substring(start, next);
        }

        private static boolean isName(char c, boolean first) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || !first && c >= '0' && c <= '9';
        }

        private String plain(String name) {
            String value = variables.apply(name);
            if (value == null && ignored == 0) {
                problems.warning(path, scalar.at(), "variable " + name + " is not set: it is taken as empty");
            }
            return value == null ? "" : value;
        }

        private String fail(String why) {
            if (!failed) {
                problems.error(path, scalar.at(), why + " (in " + Problems.quote(text) + ")");
            }
            failed = true;
            return "";
        }
    }
}
