package clusterd.board;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * From one board to a later one.
 *
 * @param put  parts that are new or otherwise, whole
 * @param gone keys of parts that are no more
 */
public record Delta(SortedMap<String, String> put, SortedSet<String> gone) {
    /** Copies both. */
    public Delta {
        put = Collections.unmodifiableSortedMap(new TreeMap<>(put));
        gone = Collections.unmodifiableSortedSet(new TreeSet<>(gone));
    }

    /** Whether both boards are equal. */
    public boolean isEmpty() {
        return put.isEmpty() && gone.isEmpty();
    }

    /** As {@code {"put": {KEY: PART…}, "gone": [KEY…]}}. */
    public String json() {
        return Json.ofRaw(new TreeMap<>(Map.of("put", Json.ofRaw(put), "gone", Json.of(gone))));
    }
}
