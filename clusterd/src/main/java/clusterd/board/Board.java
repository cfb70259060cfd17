package clusterd.board;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that is shown at one moment.
 *
 * @param parts a JSON object for each key: {@code cluster}, {@code node/ID}, {@code service/ID}, {@code task/ID},
 *              {@code decision/NUMBER}
 */
public record Board(SortedMap<String, String> parts) {
    /** Nothing at all. */
    public static final Board EMPTY = new Board(Collections.emptySortedMap());

    /** Copies the parts. */
    public Board {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    /** What makes this of an earlier one. */
    public Delta since(Board earlier) {
        SortedMap<String, String> put = new TreeMap<>();
        parts.forEach((key, json) -> {
            if (!json.equals(earlier.parts.get(key))) {
                put.put(key, json);
            }
        });
        SortedSet<String> gone = new TreeSet<>(earlier.parts.keySet());
        gone.removeAll(parts.keySet());
        return new Delta(put, gone);
    }

    /** The one that a delta makes of this. */
    public Board with(Delta delta) {
        SortedMap<String, String> next = new TreeMap<>(parts);
        next.keySet().removeAll(delta.gone());
        next.putAll(delta.put());
        return new Board(next);
    }

    /** All of it as one JSON object. */
    public String json() {
        return Json.ofRaw(parts);
    }
}
