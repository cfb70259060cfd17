package sriov.plugin;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Course;
import sriov.grant.Grant;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.VirtualFunction;

/** What is wrong with functions that are there, and whose cards have a cable. Reads more of a card only if somebody has a part of it. */
final class Health {
    private static final List<String> COUNTERS = List.of("aer_dev_fatal", "aer_dev_nonfatal");

    private final DeviceTree tree;
    private final Links links;
    /** Errors of each physical function that nobody minds any more, and of parts of it that were reset since. */
    private final Map<PciAddress, Long> before = new HashMap<>();
    private final Map<PciAddress, Long> forgiven = new ConcurrentHashMap<>();
    private Set<PciAddress> away = Set.of();

    Health(DeviceTree tree, Links links) {
        this.tree = tree;
        this.links = links;
    }

    /**
     * Why nobody should get a part of a card, by its address.
     *
     * @param notes takes what could not be looked at
     */
    synchronized Map<PciAddress, String> troubles(Inventory inventory, List<Grant> grants, List<String> notes) {
        Map<PciAddress, Grant> given = new HashMap<>();
        grants.forEach(each -> given.put(each.function(), each));
        Map<PciAddress, String> troubles = new TreeMap<>();
        Set<PciAddress> gone = new HashSet<>();
        for (PhysicalFunction card : inventory.physical()) {
            errors(card, troubles);
            try {
                drift(card, given, troubles);
            } catch (IOException unreadable) {
                notes.add(card.name() + " does not say what it was told of its virtual functions: " + unreadable.getMessage());
            }
            card.virtual().stream().filter(each -> isAway(card, each) && !given.containsKey(each.address())).forEach(each -> gone.add(each.address()));
        }
        gone.stream().filter(away::contains).forEach(each -> troubles.put(each, "its network device is in a namespace of somebody who did not get it"
                + " here; jctl vf reset " + each + " takes it out"));
        away = gone; // a driver that has just begun has none either, but not for two looks
        return troubles;
    }

    private static boolean isAway(PhysicalFunction card, VirtualFunction part) {
        return card.uplink().isPresent() && part.function().netNames().isEmpty()
                && part.function().driver().filter(driver -> !driver.equals(Course.VFIO)).isPresent();
    }

    private void errors(PhysicalFunction card, Map<PciAddress, String> troubles) {
        long now = count(card.address());
        long first = before.merge(card.address(), now, Math::min); // a card that comes anew counts from none
        for (VirtualFunction each : card.virtual()) {
            long minded = now - Math.min(now, forgiven.getOrDefault(each.address(), first));
            if (minded > 0) {
                troubles.put(each.address(), "its card " + card.name() + " had " + minded + " errors of PCI Express that were not corrected ("
                        + String.join(", ", COUNTERS) + "): see the kernel's log (dmesg); jctl vf reset " + each.address() + " makes it good again");
            }
        }
    }

    private long count(PciAddress physical) {
        long all = 0;
        for (String counter : COUNTERS) {
            for (String line : tree.read("bus/pci/devices/" + physical + "/" + counter).orElse("").split("\n")) {
                String[] words = line.strip().split("\\s+");
                if (words.length == 2 && words[0].startsWith("TOTAL_ERR_") && words[1].matches("[0-9]{1,18}")) {
                    all += Long.parseLong(words[1]);
                }
            }
        }
        return all;
    }

    /** What has been told to a card of a part that somebody has, and is not so any more. */
    private void drift(PhysicalFunction card, Map<PciAddress, Grant> given, Map<PciAddress, String> troubles) throws IOException {
        if (card.uplink().isEmpty() || card.virtual().stream().noneMatch(each -> given.containsKey(each.address()))) {
            return;
        }
        Map<Integer, VirtualFunctionState> ports = new HashMap<>();
        links.ports(card.name()).forEach(each -> ports.put(each.index(), each));
        for (VirtualFunction each : card.virtual()) {
            Grant grant = given.get(each.address());
            if (grant != null && grant.ready() && ports.containsKey(each.index())) {
                List<String> other = Course.lacking(grant.wish(), Optional.of(HostFunctions.port(ports.get(each.index()))));
                if (!other.isEmpty()) {
                    troubles.put(each.address(), "somebody has changed it since it was given to " + grant.owner() + ": " + String.join("; ", other));
                }
            }
        }
    }

    /** An operator says that a function is good again. */
    void forgive(PciAddress function) {
        Optional<PciAddress> card = tree.link("bus/pci/devices/" + function + "/physfn").flatMap(PciAddress::parse);
        card.ifPresent(each -> forgiven.put(function, count(each)));
    }
}
