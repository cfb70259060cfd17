package sriov.plugin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sriov.grant.Course;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PciFunction.DeviceType;
import sriov.pool.Assignment;
import sriov.pool.Candidate;
import sriov.pool.Mode;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.ResourceName;

/**
 * What one look has shown.
 *
 * @param pools      that the config has
 * @param inventory  of the host
 * @param kept       network devices that are the host's own way to elsewhere
 * @param candidates functions, those that somebody has as they were before
 * @param assignment of these to pools
 * @param offers     of each pool, by the functions' names
 * @param troubles   of functions, found by looking closer
 * @param notes      for the operator, a sentence each
 */
record View(List<Pool> pools, Inventory inventory, Set<String> kept, List<Candidate> candidates, Assignment assignment,
        Map<ResourceName, Map<String, Offer>> offers, Map<PciAddress, String> troubles, List<String> notes) {
    /** Before the first look. */
    static final View NONE = new View(List.of(), new Inventory(List.of(), List.of(), List.of()), Set.of(), List.of(),
            Assignment.of(List.of(), List.of(), List.of()), Map.of(), Map.of(), List.of());

    /** That pool. */
    Optional<Pool> pool(ResourceName resource) {
        return pools.stream().filter(each -> each.resource().equals(resource)).findFirst();
    }

    /** How a function of a pool is given: what is no network device has nothing that could be moved into a namespace. */
    static Mode mode(Pool pool, Candidate function) {
        boolean program = function.function().type() != DeviceType.NETWORK || function.function().driver().equals(Optional.of(Course.VFIO));
        return pool.mode().orElse(program ? Mode.VFIO : Mode.NETDEV);
    }
}
