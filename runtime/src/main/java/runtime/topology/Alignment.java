package runtime.topology;

import java.util.Locale;
import java.util.Optional;

/** How near each other a container's processors, huge pages and devices have to be. */
public enum Alignment {
    /** It does not matter. */
    NONE,
    /** On one NUMA node if there is one that has it all. */
    PREFERRED,
    /** On one NUMA node, or not at all. */
    REQUIRED;

    /** That of a word. */
    public static Optional<Alignment> parse(String word) {
        for (Alignment each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
