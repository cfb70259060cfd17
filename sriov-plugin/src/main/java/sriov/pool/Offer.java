package sriov.pool;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import sriov.inventory.PciAddress;
import sriov.inventory.Uplink;

/**
 * A function of a pool, as who places containers is told of it.
 *
 * @param candidate the function
 * @param trouble   why nobody should get it now; empty if it is well
 */
public record Offer(Candidate candidate, Optional<String> trouble) {
    /** What it is called: its address. */
    public String id() {
        return candidate.address().toString();
    }

    /** Where it is attached, if the pool tells and anybody knows. */
    public OptionalInt numaNode(Pool pool) {
        return pool.topology() ? candidate.function().numaNode() : OptionalInt.empty();
    }

    /**
     * All of a pool, by address.
     *
     * @param members  of the pool
     * @param damaged  functions whose owner nobody knows, and why
     * @param troubles of functions, that were found by looking closer
     */
    public static Map<String, Offer> of(List<Candidate> members, Map<PciAddress, String> damaged, Map<PciAddress, String> troubles) {
        return members.stream().map(each -> new Offer(each, trouble(each, damaged).or(() -> Optional.ofNullable(troubles.get(each.address()))))).collect(Collectors.toMap(Offer::id, Function.identity(),
                (one, other) -> one, TreeMap::new));
    }

    private static Optional<String> trouble(Candidate candidate, Map<PciAddress, String> damaged) {
        String unknown = damaged.get(candidate.address());
        if (unknown != null) {
            return Optional.of("it may be somebody's: " + unknown);
        }
        Optional<Uplink> uplink = candidate.uplink();
        return uplink.isEmpty() ? Optional.empty() : !uplink.get().up() ? Optional.of(uplink.get().name() + " is turned off")
                : !uplink.get().carrier() ? Optional.of(uplink.get().name() + " has no carrier") : Optional.empty();
    }
}
