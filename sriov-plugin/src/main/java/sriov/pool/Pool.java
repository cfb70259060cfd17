package sriov.pool;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sriov.inventory.PciFunction.DeviceType;

/**
 * Functions that are as good as each other to who asks for one.
 *
 * @param resource   what it is asked for by
 * @param type       of its functions
 * @param mode       how they are given; empty = as the driver is that is bound to each
 * @param selectors  one of which a function must suit
 * @param topology   whether the NUMA nodes of its functions are told to who places tasks
 * @param vhostNet   whether {@code /dev/vhost-net} and {@code /dev/net/tun} come along
 * @param additional what a container is told beside, by a function's address, or by {@code *} for all of them
 */
public record Pool(ResourceName resource, DeviceType type, Optional<Mode> mode, List<Selector> selectors, boolean topology, boolean vhostNet,
        Map<String, Map<String, String>> additional) {
    /** Copies the list and the map. */
    public Pool {
        selectors = List.copyOf(selectors);
        additional = Map.copyOf(additional);
    }

    /** Why it does not want a function; empty if it does. */
    public Optional<String> refusal(Candidate candidate) {
        if (candidate.function().type() != type) {
            return Optional.of("it is no " + type.name().toLowerCase(Locale.ROOT) + " device");
        }
        String why = "";
        for (Selector each : selectors) {
            Optional<String> refusal = each.refusal(candidate);
            if (refusal.isEmpty()) {
                return Optional.empty();
            }
            why = why.isEmpty() ? refusal.get() : why.contains(refusal.get()) ? why : why + "; " + refusal.get();
        }
        return Optional.of(why);
    }
}
