package sriov.plugin;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Course;
import sriov.grant.FunctionState;
import sriov.grant.NetdevState;
import sriov.grant.PortState;
import sriov.grant.Step;
import sriov.inventory.PciAddress;

/** Virtual functions by way of the kernel's files and links ({@code Documentation/ABI/testing/sysfs-bus-pci}). */
public final class HostFunctions implements Functions {
    private static final String DEVICES = "bus/pci/devices/";
    private static final int HEXADECIMAL = 16;
    private static final int UP = 1;
    private static final int PROMISCUOUS = 0x100;
    /** A card that was reset takes about so long until it answers its parts. */
    private static final long BUSY_NANOS = 200_000_000;
    private static final long PAUSE_NANOS = 5_000_000;
    /** Of drivers that do not keep a program from a group. */
    private static final List<String> HARMLESS = List.of(Course.VFIO, "pcieport", "pci-stub");

    private final DeviceTree tree;
    private final Links links;
    private final VfioGroups groups;
    private final Duration patience;

    /** @param patience how long a driver may take to make a network device */
    public HostFunctions(DeviceTree tree, Links links, VfioGroups groups, Duration patience) {
        this.tree = tree;
        this.links = links;
        this.groups = groups;
        this.patience = patience;
    }

    private static String path(PciAddress function) {
        return DEVICES + function;
    }

    @Override
    public boolean isThere(PciAddress function) {
        return tree.read(path(function) + "/uevent").isPresent();
    }

    @Override
    public List<PciAddress> companions(PciAddress function) {
        return tree.link(path(function) + "/iommu_group").stream().flatMap(group -> tree.list("kernel/iommu_groups/" + group + "/devices").stream())
                .flatMap(name -> PciAddress.parse(name).stream()).filter(each -> !each.equals(function)).toList();
    }

    @Override
    public FunctionState state(PciAddress function) throws IOException {
        if (!isThere(function)) {
            throw new IOException("there is no function " + function + " (any more)");
        }
        return new FunctionState(tree.link(path(function) + "/driver"), tree.read(path(function) + "/driver_override")
                .filter(driver -> !driver.isEmpty() && !driver.equals("(null)")), netdev(function), port(function));
    }

    private Optional<NetdevState> netdev(PciAddress function) throws IOException {
        Optional<String> name = tree.list(path(function) + "/net").stream().findFirst();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String path = "class/net/" + name.get() + "/";
        Optional<String> flags = tree.read(path + "flags");
        if (flags.isEmpty()) {
            return Optional.empty(); // gone meanwhile
        }
        int bits = Integer.parseInt(flags.get().substring(2), HEXADECIMAL);
        return Optional.of(new NetdevState(name.get(), tree.read(path + "address").orElse(""), Integer.parseInt(tree.read(path + "mtu").orElse("0")),
                (bits & UP) != 0, (bits & PROMISCUOUS) != 0, links.altNames(name.get())));
    }

    /** The network device of what it is a part of. */
    private Optional<String> physical(PciAddress function) {
        return tree.link(path(function) + "/physfn").flatMap(whole -> tree.list(DEVICES + whole + "/net").stream().findFirst());
    }

    private int index(PciAddress function) throws IOException {
        String whole = tree.link(path(function) + "/physfn").orElseThrow(() -> new IOException("function " + function + " is no part of another"));
        for (String name : tree.list(DEVICES + whole)) {
            if (name.startsWith("virtfn") && tree.link(DEVICES + whole + "/" + name).equals(Optional.of(function.toString()))) {
                return Integer.parseInt(name.substring("virtfn".length()));
            }
        }
        throw new IOException("function " + function + " is none of those of " + whole + " (any more)");
    }

    private Optional<PortState> port(PciAddress function) throws IOException {
        Optional<String> physical = physical(function);
        if (physical.isEmpty()) {
            return Optional.empty();
        }
        int index = index(function);
        return links.ports(physical.get()).stream().filter(each -> each.index() == index).findFirst().map(HostFunctions::port);
    }

    /** The same, in the words of grants. */
    static PortState port(VirtualFunctionState said) {
        return new PortState(said.address().toString(), new PortState.Vlan(said.vlanId(), said.vlanPriority(),
                said.vlanId() != 0 && said.vlanProtocol() == VirtualFunctionState.SERVICE_VLAN), said.leastMegabit(), said.mostMegabit(),
                said.spoofCheck(), said.trusted(), said.link().map(state -> PortState.LinkState.valueOf(state.name())));
    }

    @Override
    public void take(PciAddress function, Step step) throws IOException {
        switch (step) {
            case Step.Unbind() -> {
                if (tree.link(path(function) + "/driver").isPresent()) {
                    tree.write(path(function) + "/driver/unbind", function.toString());
                }
            }
            case Step.Reset() -> {
                if (tree.list(path(function)).contains("reset")) {
                    tree.write(path(function) + "/reset", "1");
                }
            }
            case Step.Override(String driver) -> {
                if (driver.equals(Course.VFIO)) {
                    checkGroup(function);
                }
                tree.write(path(function) + "/driver_override", driver.isEmpty() ? "\n" : driver);
            }
            case Step.Probe() -> probe(function);
            case Step.AwaitNetdev() -> awaitNetdev(function);
            case Step.AwaitAddress(String address) -> awaitAddress(function, address);
            case Step.Rename _, Step.Down _, Step.Up _, Step.Mtu _, Step.NetdevAddress _ -> links.change(netdev(function).map(NetdevState::name)
                    .orElseThrow(() -> new IOException("function " + function + " has no network device (any more)")), step);
            case Step.Address _, Step.Tag _, Step.Rates _, Step.SpoofCheck _, Step.Trust _, Step.Link _ -> links.change(physical(function)
                    .orElseThrow(() -> new IOException("function " + function + " has nobody who could be told: its physical function has no network"
                            + " device here")), index(function), step);
        }
    }

    /**
     * Of a part whose whole is not to probe drivers the kernel probes none either, unless it is told which ({@code pci_device_can_probe}): so the whole may, for that
     * moment. Who is killed in it leaves that as it is, and the next look at how cards are divided mends it.
     */
    private void probe(PciAddress function) throws IOException {
        Optional<String> setting = tree.link(path(function) + "/physfn").map(whole -> DEVICES + whole + "/sriov_drivers_autoprobe");
        boolean kept = setting.isPresent() && tree.read(setting.get()).equals(Optional.of("0")) && tree.read(path(function) + "/driver_override")
                .filter(driver -> !driver.isEmpty() && !driver.equals("(null)")).isEmpty();
        if (!kept) {
            tree.write("bus/pci/drivers_probe", function.toString());
            return;
        }
        tree.write(setting.get(), "1");
        try {
            tree.write("bus/pci/drivers_probe", function.toString());
        } finally {
            tree.write(setting.get(), "0");
        }
    }

    /** A program that has a function has all that could write to memory by its name. */
    private void checkGroup(PciAddress function) throws IOException {
        String group = tree.link(path(function) + "/iommu_group").orElseThrow(() -> new IOException("function " + function
                + " is in no IOMMU group: the machine has no IOMMU that is on (intel_iommu=on, amd_iommu=on), and a program could write to all of its"
                + " memory"));
        List<String> others = new ArrayList<>();
        for (String each : tree.list("kernel/iommu_groups/" + group + "/devices")) {
            Optional<String> driver = tree.link(DEVICES + each + "/driver");
            if (!each.equals(function.toString()) && driver.isPresent() && !HARMLESS.contains(driver.get())) {
                others.add(each + " (" + driver.get() + ")");
            }
        }
        if (!others.isEmpty()) {
            throw new IOException("function " + function + " shares the IOMMU group " + group + " with " + String.join(", ", others)
                    + ", which the host uses: it can be given away only together with them");
        }
    }

    private void awaitNetdev(PciAddress function) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (netdev(function).isEmpty()) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("function " + function + " has no network device after " + patience.toMillis() + " ms; its driver is "
                        + tree.link(path(function) + "/driver").orElse("none: see whether the module of its driver is loaded"));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void awaitAddress(PciAddress function, String address) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        for (String found = address(function); !found.equals(address); found = address(function)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("function " + function + " has the address " + found + " and not " + address + ", which its physical function gave"
                        + " it, after " + patience.toMillis() + " ms: see whether that is on, and has a carrier");
            }
            LockSupport.parkNanos(BUSY_NANOS);
            take(function, new Step.Unbind());
            take(function, new Step.Probe());
            awaitNetdev(function);
        }
    }

    private String address(PciAddress function) throws IOException {
        return netdev(function).map(NetdevState::address).orElse("");
    }

    @Override
    public boolean isInUse(PciAddress function) throws IOException {
        Optional<String> group = tree.link(path(function) + "/iommu_group");
        return group.isPresent() && tree.link(path(function) + "/driver").equals(Optional.of(Course.VFIO))
                && groups.isOpen(Integer.parseInt(group.get()));
    }
}
