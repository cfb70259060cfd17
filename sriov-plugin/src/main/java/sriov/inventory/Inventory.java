package sriov.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The functions of a host that can be given to containers.
 *
 * @param physical those that can be divided, by address
 * @param whole    network controllers and accelerators that cannot, by address: also virtual functions that a virtual machine got
 * @param problems what could not be understood, a sentence each
 */
public record Inventory(List<PhysicalFunction> physical, List<PciFunction> whole, List<String> problems) {
    private static final String DEVICES = "bus/pci/devices";
    private static final String VIRTUAL = "virtfn";
    private static final int HEXADECIMAL = 16;
    private static final int ETHER = 1;
    private static final int INFINIBAND = 32;
    private static final int UP = 1;

    /** Copies the lists. */
    public Inventory {
        physical = List.copyOf(physical);
        whole = List.copyOf(whole);
        problems = List.copyOf(problems);
    }

    /** What that host has. */
    public static Inventory read(SysTree tree) {
        return new Reading(tree).all();
    }

    /** All functions, physical ones, their virtual ones, and whole ones, by address. */
    public Map<PciAddress, PciFunction> functions() {
        Map<PciAddress, PciFunction> all = new TreeMap<>();
        Stream.of(physical.stream().map(PhysicalFunction::function), physical.stream().flatMap(each -> each.virtual().stream())
                .map(VirtualFunction::function), whole.stream()).flatMap(each -> each).forEach(each -> all.put(each.address(), each));
        return all;
    }

    /** The physical function of that name or address. */
    public Optional<PhysicalFunction> find(String text) {
        Optional<PciAddress> address = PciAddress.parse(text);
        return physical.stream().filter(each -> each.name().equals(text) || address.equals(Optional.of(each.address()))).findFirst();
    }

    /** One look at a host. */
    private static final class Reading {
        private final SysTree tree;
        private final List<String> problems = new ArrayList<>();
        private final Set<PciAddress> divided = new HashSet<>();

        Reading(SysTree tree) {
            this.tree = tree;
        }

        Inventory all() {
            List<PhysicalFunction> physical = new ArrayList<>();
            List<PciAddress> others = new ArrayList<>();
            for (String name : tree.list(DEVICES)) {
                Optional<PciAddress> address = PciAddress.parse(name);
                if (address.isEmpty()) {
                    problems.add(DEVICES + "/" + name + " is no PCI address");
                    continue;
                }
                if (divided.contains(address.get())) {
                    continue; // a part, whose whole has a lower address and was there before
                }
                Optional<String> most = tree.read(path(address.get()) + "/sriov_totalvfs");
                if (most.isPresent() && number(address.get(), "sriov_totalvfs", most.get(), 10).orElse(0) > 0) {
                    physical(address.get(), Integer.parseInt(most.get())).ifPresent(physical::add);
                } else {
                    others.add(address.get());
                }
            }
            List<PciFunction> whole = new ArrayList<>();
            for (PciAddress each : others) {
                if (!divided.contains(each)) {
                    function(each, Optional.empty()).filter(one -> one.type() != PciFunction.DeviceType.OTHER).ifPresent(whole::add);
                }
            }
            return new Inventory(physical, whole, problems);
        }

        private static String path(PciAddress address) {
            return DEVICES + "/" + address;
        }

        private Optional<PhysicalFunction> physical(PciAddress address, int most) {
            Optional<PciFunction> itself = function(address, Optional.empty());
            if (itself.isEmpty()) {
                return Optional.empty();
            }
            TreeMap<Integer, PciAddress> parts = new TreeMap<>();
            if (!tree.read(path(address) + "/sriov_numvfs").orElse("0").equals("0")) {
                for (String name : tree.list(path(address))) {
                    if (name.startsWith(VIRTUAL)) {
                        OptionalInt index = number(address, name, name.substring(VIRTUAL.length()), 10);
                        Optional<PciAddress> part = tree.link(path(address) + "/" + name).flatMap(PciAddress::parse);
                        if (index.isPresent() && part.isPresent()) {
                            parts.put(index.getAsInt(), part.get());
                        }
                    }
                }
            }
            List<VirtualFunction> virtual = new ArrayList<>();
            parts.forEach((index, part) -> {
                divided.add(part);
                function(part, itself).ifPresent(one -> virtual.add(new VirtualFunction(one, index)));
            });
            boolean probes = !tree.read(path(address) + "/sriov_drivers_autoprobe").orElse("1").equals("0");
            return Optional.of(new PhysicalFunction(itself.get(), most, probes, uplink(itself.get()), virtual));
        }

        /** @param of what it is a part of, which tells what all parts have in common */
        private Optional<PciFunction> function(PciAddress address, Optional<PciFunction> of) {
            String path = path(address);
            Optional<String> text = tree.read(path + "/uevent");
            if (text.isEmpty()) {
                return Optional.empty(); // gone meanwhile
            }
            Map<String, String> said = pairs(text.get());
            String[] ids = said.getOrDefault("PCI_ID", "").split(":", 2);
            OptionalInt classCode = number(address, "uevent: PCI_CLASS", said.getOrDefault("PCI_CLASS", ""), HEXADECIMAL);
            OptionalInt vendor = number(address, "uevent: PCI_ID", ids[0], HEXADECIMAL);
            OptionalInt device = ids.length < 2 ? OptionalInt.empty() : number(address, "uevent: PCI_ID", ids[1], HEXADECIMAL);
            if (classCode.isEmpty() || vendor.isEmpty() || device.isEmpty()) {
                return Optional.empty();
            }
            OptionalInt numa = of.isPresent() ? of.get().numaNode() : tree.read(path + "/numa_node")
                    .map(node -> number(address, "numa_node", node, 10)).orElse(OptionalInt.empty());
            OptionalInt group = tree.link(path + "/iommu_group").map(name -> number(address, "iommu_group", name, 10))
                    .orElse(OptionalInt.empty());
            boolean network = classCode.getAsInt() >> HEXADECIMAL == 2;
            boolean rdma = network && (of.isEmpty() || !of.get().rdmaNames().isEmpty());
            return Optional.of(new PciFunction(address, vendor.getAsInt(), device.getAsInt(), classCode.getAsInt(),
                    Optional.ofNullable(said.get("DRIVER")), numa.isPresent() && numa.getAsInt() < 0 ? OptionalInt.empty() : numa, group,
                    network ? tree.list(path + "/net") : List.of(), rdma ? tree.list(path + "/infiniband") : List.of()));
        }

        private static Map<String, String> pairs(String text) {
            Map<String, String> pairs = new HashMap<>();
            for (int begin = 0; begin < text.length();) {
                int newline = text.indexOf('\n', begin);
                int end = newline < 0 ? text.length() : newline;
                int equal = text.indexOf('=', begin);
                if (equal >= 0 && equal < end) {
                    pairs.put(text.substring(begin, equal), text.substring(equal + 1, end));
                }
                begin = end + 1;
            }
            return pairs;
        }

        /** Of several network devices the one that represents no part of it. */
        private Optional<Uplink> uplink(PciFunction function) {
            boolean switchdev = false;
            Optional<String> own = Optional.empty();
            for (String name : function.netNames()) {
                boolean represents = tree.read("class/net/" + name + "/phys_port_name").orElse("").matches("(c\\d+)?pf\\d+(vf|sf)\\d+");
                switchdev |= represents;
                if (!represents && own.isEmpty()) {
                    own = Optional.of(name);
                }
            }
            if (own.isEmpty()) {
                return Optional.empty();
            }
            String path = "class/net/" + own.get();
            int flags = tree.read(path + "/flags").filter(text -> text.startsWith("0x")).map(text ->
                    number(function.address(), "flags", text.substring(2), HEXADECIMAL).orElse(0)).orElse(0);
            OptionalInt speed = tree.read(path + "/speed").map(text -> number(function.address(), "speed", text, 10))
                    .orElse(OptionalInt.empty());
            return Optional.of(new Uplink(own.get(), switch (tree.read(path + "/type").map(text ->
                    number(function.address(), "type", text, 10).orElse(0)).orElse(0)) {
                case ETHER -> Uplink.LinkType.ETHER;
                case INFINIBAND -> Uplink.LinkType.INFINIBAND;
                default -> Uplink.LinkType.OTHER;
            }, tree.read(path + "/address").orElse(""), tree.read(path + "/mtu").map(text ->
                    number(function.address(), "mtu", text, 10).orElse(0)).orElse(0), (flags & UP) != 0,
                    tree.read(path + "/carrier").equals(Optional.of("1")),
                    speed.isPresent() && speed.getAsInt() < 0 ? OptionalInt.empty() : speed, switchdev));
        }

        private OptionalInt number(PciAddress address, String what, String text, int radix) {
            try {
                return OptionalInt.of(Integer.parseInt(text, radix));
            } catch (NumberFormatException malformed) {
                problems.add(path(address) + "/" + what + " is not understood: \"" + text + "\"");
                return OptionalInt.empty();
            }
        }
    }
}
