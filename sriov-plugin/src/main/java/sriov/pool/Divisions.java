package sriov.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.VirtualFunction;

/** Decides which physical functions are to be divided anew. Parts that somebody has are never taken away: they would be gone from under who uses them, without a word. */
public final class Divisions {
    private Divisions() { }

    /**
     * What is to be done of what was asked for; nothing for what is so already.
     *
     * @param divisions the first that a physical function suits counts; of those that suit none nothing is changed
     * @param taken     functions that somebody has, and who: an owner, or the host itself
     */
    public static List<DivisionStep> decide(List<Division> divisions, Inventory inventory, Map<PciAddress, String> taken) {
        List<DivisionStep> steps = new ArrayList<>();
        for (PhysicalFunction each : inventory.physical()) {
            divisions.stream().filter(division -> Choice.matches(division.name(), each.name())
                    || Choice.matches(division.name(), each.address().toString())).findFirst().ifPresent(division ->
                            steps.addAll(decide(division, each, taken)));
        }
        return steps;
    }

    private static List<DivisionStep> decide(Division wanted, PhysicalFunction physical, Map<PciAddress, String> taken) {
        PciAddress address = physical.address();
        int now = physical.virtual().size();
        List<DivisionStep> steps = new ArrayList<>();
        if (wanted.parts() > physical.mostVirtual()) {
            return List.of(new DivisionStep.Leave(address, physical.name() + " can be divided into " + physical.mostVirtual() + " at most, and "
                    + wanted.parts() + " are asked for"));
        }
        if (wanted.parts() != now) {
            Optional<String> had = had(physical, taken);
            if (had.isPresent()) {
                return List.of(new DivisionStep.Leave(address, physical.name() + " has " + now + " virtual functions, and gets " + wanted.parts()
                        + " once nobody has any of them: " + had.get()));
            }
        }
        if (wanted.parts() > 0 && wanted.probesDrivers() != physical.probesDrivers()) {
            steps.add(new DivisionStep.Probe(address, wanted.probesDrivers()));
        }
        if (wanted.parts() != now) {
            if (now > 0) {
                steps.add(new DivisionStep.Divide(address, 0));
            }
            if (wanted.parts() > 0) {
                steps.add(new DivisionStep.Divide(address, wanted.parts()));
            }
        }
        return steps;
    }

    /** Who has the first of its parts that somebody has, or all of it. */
    private static Optional<String> had(PhysicalFunction physical, Map<PciAddress, String> taken) {
        if (taken.containsKey(physical.address())) {
            return Optional.of("all of it is " + taken.get(physical.address()) + "'s");
        }
        for (VirtualFunction each : physical.virtual()) {
            if (taken.containsKey(each.address())) {
                return Optional.of(each.address() + " is " + taken.get(each.address()) + "'s");
            }
            boolean away = each.function().driver().filter(driver -> !driver.equals("vfio-pci")).isPresent() && each.function().netNames().isEmpty()
                    && physical.uplink().isPresent();
            if (away) {
                return Optional.of("the network device of " + each.address() + " is in a namespace of somebody");
            }
        }
        return Optional.empty();
    }
}
