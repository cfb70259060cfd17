package sriov.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A part of a config, and what is found wrong in it: a stand-in takes the place of what is, so that reading goes on. */
final class ConfigSection {
    private final Map<?, ?> values;
    private final String path;
    private final List<String> problems;

    ConfigSection(Map<?, ?> values, String path, List<String> problems) {
        this.values = values;
        this.path = path;
        this.problems = problems;
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    void problem(String name, String what) {
        problems.add((name.isEmpty() ? path : at(name)) + ": " + what);
    }

    /** A misspelt one would change nothing, and nobody would know. */
    void onlyKnown(Set<String> names) {
        for (Object each : values.keySet()) {
            if (!names.contains(String.valueOf(each))) {
                problem(String.valueOf(each), "is not known here: there are " + String.join(", ", names.stream().sorted().toList()));
            }
        }
    }

    boolean has(String name) {
        return values.get(name) != null && !values.get(name).equals("");
    }

    /** A number is as good as its text, as {@code 8086} in JSON; YAML's are read as they are written, since {@code 10e5} is a device. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).flatMap(value -> text(name, value));
    }

    private Optional<String> text(String name, Object value) {
        if (value instanceof String || value instanceof Integer) {
            return Optional.of(value.toString());
        }
        problem(name, "is no text");
        return Optional.empty();
    }

    boolean flag(String name, boolean otherwise) {
        return switch (values.get(name)) {
            case null -> otherwise;
            case Boolean flag -> flag;
            case String text when text.equals("true") || text.equals("false") -> text.equals("true");
            default -> {
                problem(name, "is neither true nor false");
                yield otherwise;
            }
        };
    }

    int number(String name, int least, int most) {
        String text = String.valueOf(values.get(name));
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        problem(name, "is no number from " + least + " to " + most);
        return least;
    }

    /** One text, or several. */
    List<String> texts(String name) {
        Object value = values.get(name);
        List<String> texts = new ArrayList<>();
        if (!has(name)) {
            return texts;
        }
        if (value instanceof List<?> all) {
            for (int i = 0; i < all.size(); i++) {
                text(name + "[" + i + "]", all.get(i)).ifPresent(texts::add);
            }
        } else {
            text(name, value).ifPresent(texts::add);
        }
        return texts;
    }

    /** One section, or several. */
    List<ConfigSection> sections(String name) {
        Object value = values.get(name);
        List<ConfigSection> sections = new ArrayList<>();
        if (value instanceof Map<?, ?> one) {
            sections.add(new ConfigSection(one, at(name), problems));
        } else if (value instanceof List<?> all) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i) instanceof Map<?, ?> each) {
                    sections.add(new ConfigSection(each, at(name) + "[" + i + "]", problems));
                } else {
                    problem(name + "[" + i + "]", "is no section");
                }
            }
        } else if (has(name)) {
            problem(name, "is no list of sections");
        }
        return sections;
    }

    /** Texts by name, of sections by name. */
    Map<String, Map<String, String>> tables(String name) {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> all) {
            all.forEach((key, value) -> {
                Map<String, String> table = new LinkedHashMap<>();
                if (value instanceof Map<?, ?> entries) {
                    entries.forEach((entry, text) -> table.put(String.valueOf(entry), String.valueOf(text)));
                } else {
                    problem(name + "." + key, "is no section");
                }
                tables.put(String.valueOf(key), table);
            });
        } else if (has(name)) {
            problem(name, "is no section");
        }
        return tables;
    }
}
