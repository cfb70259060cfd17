package clusterd.compose;

import java.util.List;
import java.util.SortedMap;

/**
 * A network of a project.
 *
 * @param name       in the cluster
 * @param external   whether it is there already, and stays
 * @param driver     {@code bridge}, {@code overlay}, {@code host} or {@code null}; {@code ""} = what is usual
 * @param options    of the driver
 * @param internal   whether nothing leaves it
 * @param attachable whether other containers may join it
 * @param ipv6       whether it has IPv6 addresses
 * @param pools      of addresses; none = any that are free
 * @param labels     the user's own
 */
public record ComposeNetwork(String name, boolean external, String driver, SortedMap<String, String> options,
        boolean internal, boolean attachable, boolean ipv6, List<Pool> pools, SortedMap<String, String> labels) {
    /** Copies maps and list. */
    public ComposeNetwork {
        options = ComposeProject.sorted(options);
        pools = List.copyOf(pools);
        labels = ComposeProject.sorted(labels);
    }

    /**
     * Addresses of it.
     *
     * @param subnet  {@code 10.1.0.0/16}
     * @param range   part of it that is given out; {@code ""} = all
     * @param gateway address of the node; {@code ""} = the first
     */
    public record Pool(String subnet, String range, String gateway) {
    }
}
