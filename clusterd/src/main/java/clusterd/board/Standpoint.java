package clusterd.board;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who looks at the cluster, and how the managers stand to each other.
 *
 * @param clusterId of the cluster
 * @param self      the node that shows it
 * @param leader    the manager that leads; {@code ""} if none does
 * @param term      of the log
 * @param answers   by id of each manager and witness, whether it answers the leader, as far as that is known here
 */
public record Standpoint(String clusterId, String self, String leader, long term,
        Map<String, Boolean> answers) {
    /** Copies the answers. */
    public Standpoint {
        answers = Collections.unmodifiableMap(new TreeMap<>(answers));
    }
}
