package runtime.spec;

import java.util.ArrayList;
import java.util.List;

/** Problems found so far, and the checks that every part of a spec needs. */
final class ProblemList {
    private final List<Problem> problems = new ArrayList<>();

    void add(String path, String text) {
        problems.add(new Problem(path, text));
    }

    List<Problem> list() {
        return List.copyOf(problems);
    }

    void require(boolean holds, String path, String text) {
        if (!holds) {
            add(path, text);
        }
    }

    /** A NUL would end the string for the kernel and hide the rest. */
    void noNul(String path, String value) {
        require(value.indexOf('\0') < 0, path, "holds a NUL character; remove it");
    }

    /** A label is written to a file of the kernel, or stands in quotes in a mount's options. */
    void label(String path, String value) {
        require(!value.isEmpty() && value.chars().noneMatch(c -> c < ' ' || c == '"'), path,
                "must have neither quotes nor control characters, nor be empty");
    }

    /** An absolute path that stays where it says. */
    void absolutePath(String path, String value) {
        noNul(path, value);
        require(value.startsWith("/"), path,
                "must be an absolute path, not \"" + shortened(value) + "\"");
        require(!value.contains("..") || !List.of(value.split("/")).contains(".."), path,
                "must not have .. in it: \"" + shortened(value) + "\"");
    }

    void absolutePaths(String path, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            absolutePath(path + "[" + i + "]", values.get(i));
        }
    }

    void environment(String path, List<String> entries) {
        for (int i = 0; i < entries.size(); i++) {
            String place = path + "[" + i + "]";
            noNul(place, entries.get(i));
            require(entries.get(i).indexOf('=') > 0, place,
                    "must be NAME=value, not \"" + shortened(entries.get(i)) + "\"");
        }
    }

    static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 61) + "…";
    }
}
