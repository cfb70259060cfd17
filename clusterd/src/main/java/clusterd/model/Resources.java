package clusterd.model;

import java.util.Map;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * Amounts of what a node has and a task takes. An amount that is not named is zero.
 *
 * @param cpuMillis   thousandths of a processor
 * @param memoryBytes of main memory
 * @param pids        processes and threads
 * @param named       whatever else is counted: {@code hugepages-2Mi} (pages), {@code nvidia.com/gpu},
 *                    a pool of virtual functions; never zero
 */
public record Resources(long cpuMillis, long memoryBytes, long pids, SortedMap<String, Long> named) {
    /** Nothing of anything. */
    public static final Resources NONE = new Resources(0, 0, 0, TreePMap.empty());

    /** Copies the names, unless they cannot change, and leaves those of zero out. */
    public Resources {
        TreePMap<String, Long> copy = named instanceof TreePMap<String, Long> frozen ? frozen
                : TreePMap.fromSortedMap(named);
        if (copy.containsValue(0L)) {
            for (Map.Entry<String, Long> each : named.entrySet()) {
                copy = each.getValue() == 0 ? copy.minus(each.getKey()) : copy;
            }
        }
        named = copy;
    }

    /** Processors and memory alone. */
    public static Resources of(long cpuMillis, long memoryBytes) {
        return new Resources(cpuMillis, memoryBytes, 0, TreePMap.empty());
    }

    /** The same with so much of one more name. */
    public Resources with(String name, long amount) {
        return new Resources(cpuMillis, memoryBytes, pids,
                ((TreePMap<String, Long>) named).plus(name, amount));
    }

    /** Both together. */
    public Resources plus(Resources other) {
        return new Resources(cpuMillis + other.cpuMillis, memoryBytes + other.memoryBytes,
                pids + other.pids, sum(other.named, 1));
    }

    /** What is left of this without the other; an amount may be negative. */
    public Resources minus(Resources other) {
        return new Resources(cpuMillis - other.cpuMillis, memoryBytes - other.memoryBytes,
                pids - other.pids, sum(other.named, -1));
    }

    private SortedMap<String, Long> sum(Map<String, Long> others, int sign) {
        TreePMap<String, Long> sum = (TreePMap<String, Long>) named;
        for (Map.Entry<String, Long> each : others.entrySet()) {
            sum = sum.plus(each.getKey(),
                    sum.getOrDefault(each.getKey(), 0L) + sign * each.getValue());
        }
        return sum;
    }

    /** Whether so much can be taken from this; of nothing there is always enough. */
    public boolean covers(Resources wanted) {
        return covers(cpuMillis, wanted.cpuMillis) && covers(memoryBytes, wanted.memoryBytes)
                && covers(pids, wanted.pids) && coversNamed(wanted);
    }

    private static boolean covers(long left, long wanted) {
        return wanted <= 0 || wanted <= left;
    }

    private boolean coversNamed(Resources wanted) {
        for (Map.Entry<String, Long> each : wanted.named.entrySet()) {
            if (each.getValue() > named.getOrDefault(each.getKey(), 0L)) {
                return false;
            }
        }
        return true;
    }
}
