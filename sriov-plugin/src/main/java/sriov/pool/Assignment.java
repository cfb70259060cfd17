package sriov.pool;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sriov.inventory.PciAddress;

/**
 * Which functions are in which pool.
 *
 * @param members of each pool, also of those that have none, by address
 * @param left    functions that are in none, and why
 */
public record Assignment(Map<ResourceName, List<Candidate>> members, Map<PciAddress, String> left) {
    /** Copies the maps. */
    public Assignment {
        members = new TreeMap<>(members);
        left = new TreeMap<>(left);
    }

    /**
     * Puts each function into the first pool that wants it.
     *
     * @param kept network devices that are the host's own way to elsewhere, which nobody may have
     */
    public static Assignment of(List<Pool> pools, List<Candidate> candidates, Collection<String> kept) {
        Map<ResourceName, List<Candidate>> members = new TreeMap<>();
        pools.forEach(each -> members.put(each.resource(), new ArrayList<>()));
        Map<PciAddress, String> left = new TreeMap<>();
        for (Candidate candidate : candidates) {
            Optional<String> own = ownReason(candidate, kept);
            if (own.isPresent()) {
                left.put(candidate.address(), own.get());
                continue;
            }
            Map<ResourceName, String> refusals = new LinkedHashMap<>();
            for (Pool pool : pools) {
                Optional<String> refusal = pool.refusal(candidate);
                if (refusal.isEmpty()) {
                    members.get(pool.resource()).add(candidate);
                    refusals.clear();
                    break;
                }
                refusals.put(pool.resource(), refusal.get());
            }
            if (!refusals.isEmpty() || pools.isEmpty()) {
                left.put(candidate.address(), pools.isEmpty() ? "there are no pools" : shown(refusals));
            }
        }
        return new Assignment(members, left);
    }

    private static String shown(Map<ResourceName, String> refusals) {
        List<String> sentences = new ArrayList<>();
        refusals.forEach((resource, why) -> sentences.add(resource + ": " + why));
        return String.join("; ", sentences);
    }

    /** Whatever pools there are. */
    private static Optional<String> ownReason(Candidate candidate, Collection<String> kept) {
        Optional<String> way = candidate.function().netNames().stream().filter(kept::contains).findFirst();
        if (way.isPresent()) {
            return Optional.of("the host's own way to elsewhere leads through its " + way.get());
        }
        boolean switchdev = candidate.index() >= 0 && candidate.uplink().filter(each -> each.switchdev()).isPresent();
        return switchdev ? Optional.of("its card is in switchdev mode: it needs a switch of the host's that knows its ports, which jctl does not program;"
                + " devlink dev eswitch set pci/" + candidate.of().orElseThrow().address() + " mode legacy") : Optional.empty();
    }

    /** The pool a function is in. */
    public Optional<ResourceName> poolOf(PciAddress address) {
        return members.entrySet().stream().filter(each -> each.getValue().stream().anyMatch(one -> one.address().equals(address)))
                .map(Map.Entry::getKey).findFirst();
    }
}
