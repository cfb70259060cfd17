package clusterd.compose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A map whose keys are known. What is refused, without effect or unknown is told as it is made. */
final class Section {
    private final Tree.Mapping mapping;
    private final String path;
    private final String pattern;
    private final Problems problems;
    /** Whether there is a map at all: one that is not misses nothing. */
    private final boolean there;

    Section(Tree.Mapping mapping, String path, String pattern, Problems problems,
            boolean there) {
        this.mapping = mapping;
        this.there = there;
        this.path = path;
        this.pattern = pattern;
        this.problems = problems;
        mapping.entries().forEach(this::check);
    }

    private void check(String name, Tree.Entry entry) {
        Map<String, Key> known = KeyTable.below(pattern);
        Key key = known.get(name);
        String child = child(name);
        if (key == null) {
            if (!name.startsWith("x-")) {
                List<String> offered = known.entrySet().stream()
                        .filter(each -> each.getValue().standing() != Standing.REFUSED)
                        .map(Map.Entry::getKey).toList();
                String hint = NearestName.hint(name, offered);
                problems.error(child, entry.at(), "unknown key" + (hint.isEmpty() && offered.size() < 12
                        ? ", there are " + offered.stream().collect(Collectors.joining(", ")) : hint));
            } else if ((pattern.equals("services.*") || pattern.equals("networks.*")) && NearestName.hint(name, List.of("x-jctl")).length() > 0) {
                problems.error(child, entry.at(), "unknown key, did you mean \"x-jctl\"?");
            }
            return;
        }
        switch (key.standing()) {
            case SUPPORTED -> { }
            case WARNED -> problems.warning(child, entry.at(), "it has no effect: " + key.note());
            case REFUSED -> problems.error(child, entry.at(), "it is not supported: " + key.note());
        }
    }

    private String child(String name) {
        String shown = name.chars().allMatch(c -> c > ' ' && c != 0x7f) ? name : Problems.quote(name);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    boolean has(String name) {
        return mapping.get(name) != null;
    }

    /** The value of a key that is there and has one. */
    Optional<Value> get(String name) {
        if (!KeyTable.below(pattern).containsKey(name)) {
            throw new IllegalStateException("the table of keys has no " + pattern + "." + name);
        }
        Tree tree = mapping.get(name);
        return tree == null || tree.isNull() ? Optional.empty() : Optional.of(value(name, tree));
    }

    private Value value(String name, Tree tree) {
        return new Value(tree, child(name), pattern.isEmpty() ? name : pattern + "." + name, problems);
    }

    /** Tells that a key must be there. */
    Optional<Value> required(String name) {
        Optional<Value> found = get(name);
        if (found.isEmpty() && there) {
            error(name + " is missing");
        }
        return found;
    }

    String text(String name) {
        return get(name).map(Value::text).orElse("");
    }

    boolean truth(String name) {
        return get(name).map(Value::truth).orElse(false);
    }

    List<String> texts(String name) {
        return get(name).map(Value::texts).orElse(List.of());
    }

    List<Value> list(String name) {
        return get(name).map(Value::list).orElse(List.of());
    }

    /** The section of a key; an empty one if it is not there. */
    Section section(String name) {
        return get(name).orElseGet(() -> value(name, Tree.Mapping.empty(mapping.at()))).section();
    }

    void error(String sentence) {
        problems.error(path, mapping.at(), sentence);
    }

    void warning(String sentence) {
        problems.warning(path, mapping.at(), sentence);
    }

    String path() {
        return path;
    }

    Position at() {
        return mapping.at();
    }
}
