package clusterd.compose;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import overlaynet.policy.Rule;

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
 * @param policy     who in it may talk to whom
 */
public record ComposeNetwork(String name, boolean external, String driver, SortedMap<String, String> options,
        boolean internal, boolean attachable, boolean ipv6, List<Pool> pools, SortedMap<String, String> labels,
        Policy policy) {
    /** Copies maps and list. */
    public ComposeNetwork {
        options = ComposeProject.sorted(options);
        pools = List.copyOf(pools);
        labels = ComposeProject.sorted(labels);
    }

    /**
     * Who may talk to whom.
     *
     * @param closed whether nobody may unless a rule allows it
     * @param rules  the first one that is about a connection decides; services of the file go by their names there
     */
    public record Policy(boolean closed, List<Rule> rules) {
        /** Of a network in which all may talk to all. */
        public static final Policy OPEN = new Policy(false, List.of());

        /** Copies the list. */
        public Policy {
            rules = List.copyOf(rules);
        }

        /** Its rules in the words of a cluster that knows the project's services by that prefix and their names. */
        public List<String> rules(String prefix, Set<String> services) {
            return rules.stream().map(each -> each.named(name -> services.contains(name) ? prefix + name : name).toString())
                    .toList();
        }
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
