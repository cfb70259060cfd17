package cli.command;

import cli.render.Sizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The user's words, sorted. Options are asked for by their long name. */
final class Arguments {
    private final Map<String, List<String>> options = new HashMap<>();
    private final List<String> positionals = new ArrayList<>();

    void addOption(String name, String value) {
        List<String> values = options.get(name);
        if (values == null) {
            values = new ArrayList<>(1);
            options.put(name, values);
        }
        values.add(value);
    }

    void addPositional(String word) {
        positionals.add(word);
    }

    /** Whether the option was given at all. */
    boolean has(String name) {
        return options.containsKey(name);
    }

    /** A switch: the last word counts; false if not given. */
    boolean isOn(String name) {
        return value(name).equals("true");
    }

    /** The option's last value; empty if not given. */
    String value(String name) {
        List<String> values = options.get(name);
        return values == null ? "" : values.getLast();
    }

    /** The option's last value, or another if it was not given. */
    String value(String name, String otherwise) {
        return has(name) ? value(name) : otherwise;
    }

    /** Every value of a repeated option, in the user's order. */
    List<String> values(String name) {
        List<String> values = options.get(name);
        return values == null ? List.of() : values;
    }

    /** A span of time in nanoseconds; 0 if not given. */
    long nanos(String name) throws UsageException {
        if (!has(name)) {
            return 0;
        }
        java.util.OptionalLong nanos = cli.render.Durations.nanos(value(name));
        if (nanos.isEmpty()) {
            throw invalid(name, value(name), "expected a time like 30s, 1m30s or 500ms");
        }
        return nanos.getAsLong();
    }

    /** A span of time in milliseconds, those begun counted whole; 0 if not given. */
    long millis(String name) throws UsageException {
        long nanos = nanos(name);
        return nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
    }

    /** A whole number that is not below another and has 31 bits; 0 if not given. */
    int atLeast(int least, String name) throws UsageException {
        int number = integer(name);
        if (has(name) && number < least) {
            throw invalid(name, value(name), "expected " + least + " or more");
        }
        return number;
    }

    /** A whole number; 0 if not given. */
    long number(String name) throws UsageException {
        return has(name) ? number(name, value(name)) : 0;
    }

    /** A whole number of 32 bits; 0 if not given. */
    int integer(String name) throws UsageException {
        long number = number(name);
        if (number != (int) number) {
            throw invalid(name, value(name), "value out of range");
        }
        return (int) number;
    }

    /** Bytes, from words like "512m"; 0 if not given. */
    long bytes(String name) throws UsageException {
        return has(name) ? bytes(name, value(name)) : 0;
    }

    /** Bytes; "-1" stands for no limit. */
    long bytesOrUnlimited(String name) throws UsageException {
        return value(name).equals("-1") ? -1 : bytes(name);
    }

    static long bytes(String name, String word) throws UsageException {
        try {
            return Sizes.parse(word);
        } catch (IllegalArgumentException e) {
            throw invalid(name, word, e.getMessage());
        }
    }

    static long number(String name, String word) throws UsageException {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw invalid(name, word, "expected a whole number");
        }
    }

    static UsageException invalid(String name, String word, String reason) {
        return new UsageException(
                "invalid argument \"" + word + "\" for \"--" + name + "\" flag: " + reason);
    }

    /** The long names of the options that were given. */
    Set<String> names() {
        return options.keySet();
    }

    /** The words that are no options. */
    List<String> positionals() {
        return positionals;
    }

    String positional(int place) {
        return positionals.get(place);
    }
}
