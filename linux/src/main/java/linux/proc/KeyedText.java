package linux.proc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The formats cgroup files share (kernel's admin-guide/cgroup-v2.rst, "Format"). */
public final class KeyedText {
    /** What a file says where there is no limit. */
    public static final String MAX = "max";

    private KeyedText() {}

    /**
     * Flat keyed, {@code KEY VALUE} per line, such as {@code memory.stat}; values that are not
     * numbers are left out.
     */
    public static Map<String, Long> flat(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            if (space > 0) {
                number(line.substring(space + 1)).ifPresent(
                        value -> values.put(line.substring(0, space), value));
            }
        });
        return values;
    }

    /**
     * Nested keyed, {@code KEY SUBKEY=VALUE …} per line, such as {@code io.stat}; values that are
     * not numbers are left out.
     */
    public static Map<String, Map<String, Long>> nested(String text) {
        Map<String, Map<String, Long>> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            String[] words = line.strip().split(" +");
            if (words[0].isEmpty()) {
                return;
            }
            Map<String, Long> inner = new LinkedHashMap<>();
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                if (equals > 0) {
                    String key = words[i].substring(0, equals);
                    number(words[i].substring(equals + 1))
                            .ifPresent(value -> inner.put(key, value));
                }
            }
            values.put(words[0], inner);
        });
        return values;
    }

    /**
     * A file with one number; empty if it says {@code max} or nothing readable. A number beyond 63
     * bits, as v1's counters without a limit have, is the largest long.
     */
    public static OptionalLong number(String text) {
        String word = text.strip();
        if (word.isEmpty() || !word.chars().skip(word.charAt(0) == '-' ? 1 : 0)
                .allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(word));
        } catch (NumberFormatException e) {
            return word.equals("-") ? OptionalLong.empty() : OptionalLong.of(Long.MAX_VALUE);
        }
    }
}
