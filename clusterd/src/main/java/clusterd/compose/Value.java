package clusterd.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A value, where it stands and what its key is; each reading method tells what it expected and did not find, and
 * answers with something harmless then.
 *
 * @param tree     what stands there
 * @param path     {@code services.web.ports[2]}
 * @param pattern  the same in {@link KeyTable}: {@code services.*.ports}
 * @param problems where to tell
 */
record Value(Tree tree, String path, String pattern, Problems problems) {
    void error(String sentence) {
        problems.error(path, tree.at(), sentence);
    }

    void warning(String sentence) {
        problems.warning(path, tree.at(), sentence);
    }

    private void expected(String what) {
        error("expected " + what + ", found " + tree.describe());
    }

    boolean isNull() {
        return tree.isNull();
    }

    /** Whether it is a word. */
    boolean isWord() {
        return tree instanceof Tree.Scalar && !tree.isNull();
    }

    boolean isList() {
        return tree instanceof Tree.Sequence;
    }

    /** The word; {@code ""} if it is none. */
    String text() {
        if (!isWord()) {
            expected("a text");
            return "";
        }
        String text = ((Tree.Scalar) tree).text();
        if (text.indexOf('\0') >= 0) {
            error("a text cannot hold the character NUL");
            return "";
        }
        return text;
    }

    /** One of the words. */
    String oneOf(List<String> words) {
        String text = text();
        if (isWord() && !words.contains(text)) {
            error("expected " + String.join(", ", words) + ", found " + Problems.quote(text)
                    + NearestName.hint(text, words));
            return words.getFirst();
        }
        return isWord() ? text : words.getFirst();
    }

    boolean truth() {
        if (isWord() && text().equalsIgnoreCase("true")) {
            return true;
        }
        if (!isWord() || !text().equalsIgnoreCase("false")) {
            expected("true or false");
        }
        return false;
    }

    long whole(long lowest, long highest) {
        return number(text -> Quantities.whole(text, lowest, highest), lowest);
    }

    int whole(int lowest, int highest) {
        return (int) whole((long) lowest, highest);
    }

    long scaled(long scale, long highest) {
        return number(text -> Quantities.scaled(text, scale, highest), 0L);
    }

    long bytes() {
        return number(Quantities::bytes, 0L);
    }

    long millis() {
        return number(Quantities::millis, 0L);
    }

    /** Permission bits. */
    int mode() {
        boolean octal = !(tree instanceof Tree.Scalar scalar) || scalar.kind() != Tree.Kind.NUMBER;
        int mode = number(text -> Quantities.mode(text, octal), 0);
        if (isWord() && !octal && !text().startsWith("0")) {
            warning("it is read as a decimal number, 0" + Integer.toOctalString(mode)
                    + " in octal: write 0" + text() + " if these are the bits");
        }
        return mode;
    }

    /** What a function makes of the text, which says by IllegalArgumentException what it expects. */
    <T> T number(Function<String, T> reading, T otherwise) {
        if (!isWord()) {
            expected("one value");
            return otherwise;
        }
        try {
            return reading.apply(text().strip());
        } catch (IllegalArgumentException e) {
            error(e.getMessage() + ", found " + tree.describe());
            return otherwise;
        }
    }

    /** The elements of a list; nothing has none. */
    List<Value> list() {
        if (isNull()) {
            return List.of();
        }
        if (!(tree instanceof Tree.Sequence sequence)) {
            expected("a list");
            return List.of();
        }
        List<Value> values = new ArrayList<>();
        for (Tree element : sequence.elements()) {
            values.add(new Value(element, path + "[" + values.size() + "]", pattern, problems));
        }
        return values;
    }

    /** The same, and a word is a list of one. */
    List<Value> listOrOne() {
        return isWord() ? List.of(this) : list();
    }

    /** A list of words, none twice. */
    List<String> texts() {
        return listOrOne().stream().map(Value::text).filter(text -> !text.isEmpty()).distinct().toList();
    }

    /** A command: a list of words, or a line as for a shell. */
    List<String> words() {
        if (!isWord()) {
            return list().stream().map(each -> each.isWord() && each.text().isEmpty() ? "" : each.text()).toList();
        }
        try {
            return ShellWords.split(text());
        } catch (IllegalArgumentException e) {
            error("it cannot be split into words: " + e.getMessage());
            return List.of();
        }
    }

    /** A map whose keys {@link KeyTable} knows. */
    Section section() {
        if (tree instanceof Tree.Mapping mapping) {
            return new Section(mapping, path, pattern, problems, true);
        }
        if (!isNull()) {
            expected("a map");
        }
        return new Section(Tree.Mapping.empty(tree.at()), path, pattern, problems, isNull());
    }

    /** A map of names of the user's own; a list of names is a map to nothing. */
    Map<String, Value> named() {
        Map<String, Value> named = new LinkedHashMap<>();
        switch (tree) {
            case Tree.Mapping mapping -> mapping.entries().forEach((name, entry) -> named.put(name,
                    new Value(entry.value(), path + "." + name, pattern + ".*", problems)));
            case Tree.Sequence sequence -> list().forEach(each -> {
                if (each.isWord()) {
                    Tree nothing = new Tree.Scalar("", Tree.Kind.NULL, each.tree.at(), Tree.Override.MERGE);
                    named.put(each.text(), new Value(nothing, path + "." + each.text(), pattern + ".*", problems));
                } else {
                    each.text();
                }
            });
            case Tree.Scalar scalar when scalar.isNull() -> { }
            case Tree.Scalar scalar -> expected("a map");
        }
        return named;
    }

    /** {@code {NAME: value}} or {@code [NAME=value]}; a name without a value has null. */
    Map<String, Value> pairs() {
        if (!isList()) {
            return named();
        }
        Map<String, Value> pairs = new LinkedHashMap<>();
        for (Value each : list()) {
            String text = each.text();
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            Tree value = equals < 0 ? new Tree.Scalar("", Tree.Kind.NULL, each.tree.at(), Tree.Override.MERGE)
                    : new Tree.Scalar(text.substring(equals + 1), each.tree.at());
            if (name.isEmpty()) {
                each.error("expected NAME=value, found " + each.tree.describe());
            } else {
                pairs.put(name, new Value(value, each.path, pattern, problems));
            }
        }
        return pairs;
    }

    /** The same as texts; a name without a value has {@code ""}. */
    Map<String, String> textPairs() {
        Map<String, String> texts = new LinkedHashMap<>();
        pairs().forEach((name, value) -> texts.put(name, value.isNull() ? "" : value.text()));
        return texts;
    }
}
