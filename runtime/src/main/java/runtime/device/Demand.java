package runtime.device;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import runtime.topology.Alignment;

/**
 * What a container wants of its machine for itself alone, for as long as it runs.
 *
 * @param resources     devices of plug-ins
 * @param exclusiveCpus processors
 * @param hugePages     pages, by their size in bytes
 * @param alignment     how near each other they have to be
 */
public record Demand(List<ResourceRequest> resources, int exclusiveCpus, Map<Long, Long> hugePages, Alignment alignment) {
    /** Copies list and map. */
    public Demand {
        resources = List.copyOf(resources);
        hugePages = new TreeMap<>(hugePages);
    }

    /** Devices alone. */
    public static Demand of(List<ResourceRequest> resources) {
        return new Demand(resources, 0, Map.of(), standard(resources, 0, Map.of()));
    }

    /** What holds if nobody says: near each other if that can be. Devices of one kind alone are chosen by their plug-in, which knows more of them. */
    public static Alignment standard(List<ResourceRequest> resources, int exclusiveCpus, Map<Long, Long> hugePages) {
        return resources.size() == 1 && exclusiveCpus == 0 && hugePages.isEmpty() ? Alignment.NONE : Alignment.PREFERRED;
    }
}
