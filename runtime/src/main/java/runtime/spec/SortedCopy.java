package runtime.spec;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Unmodifiable copies of maps in key order, so that what is written is the same each time. */
final class SortedCopy {
    private SortedCopy() {}

    static <V> Map<String, V> of(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
