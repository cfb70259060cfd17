package sriov.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PciFunction;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.Uplink;
import sriov.inventory.VirtualFunction;

/**
 * A function that a pool may have.
 *
 * @param function itself
 * @param of       what it is a part of, if it is
 * @param index    of the part; -1 = it is none
 */
public record Candidate(PciFunction function, Optional<PhysicalFunction> of, int index) {
    /** All of a host, by address: parts, what cannot be divided, and what is not. */
    public static List<Candidate> of(Inventory inventory) {
        List<Candidate> all = new ArrayList<>();
        for (PhysicalFunction each : inventory.physical()) {
            if (each.virtual().isEmpty()) {
                all.add(new Candidate(each.function(), Optional.of(each), -1));
            }
            for (VirtualFunction part : each.virtual()) {
                all.add(new Candidate(part.function(), Optional.of(each), part.index()));
            }
        }
        inventory.whole().forEach(each -> all.add(new Candidate(each, Optional.empty(), -1)));
        all.sort((one, other) -> one.address().compareTo(other.address()));
        return List.copyOf(all);
    }

    /** Where it is. */
    public PciAddress address() {
        return function.address();
    }

    /** The network device of what it is a part of. */
    public Optional<Uplink> uplink() {
        return of.flatMap(PhysicalFunction::uplink);
    }
}
