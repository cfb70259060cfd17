package runtime.topology;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a container wants near each other.
 *
 * @param cpus      processors for itself alone
 * @param hugePages pages, by their size in bytes
 * @param devices   how many of each kind
 * @param alignment how near
 */
public record TopologyRequest(int cpus, Map<Long, Long> hugePages, Map<String, Integer> devices, Alignment alignment) {
    /** Copies the maps. */
    public TopologyRequest {
        hugePages = new TreeMap<>(hugePages);
        devices = new TreeMap<>(devices);
    }
}
