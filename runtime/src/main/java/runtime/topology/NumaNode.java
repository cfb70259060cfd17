package runtime.topology;

import java.util.Map;
import java.util.TreeMap;

/**
 * What is free near one memory controller of a machine.
 *
 * @param id        as the kernel numbers them
 * @param cpus      processors that nobody has for himself
 * @param hugePages free pages, by their size in bytes
 * @param devices   free devices, by their kind; how many
 */
public record NumaNode(int id, CpuList cpus, Map<Long, Long> hugePages, Map<String, Integer> devices) {
    /** Copies the maps. */
    public NumaNode {
        hugePages = new TreeMap<>(hugePages);
        devices = new TreeMap<>(devices);
    }
}
