package sriov.plugin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import linux.netlink.HardwareAddress;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Course;
import sriov.grant.Step;
import sriov.inventory.PciAddress;

/**
 * Network cards that no machine has, for labs and tests: the kernel's files and links of an 82576 with igb and igbvf, and what becomes of them when they are written. They refuse what
 * these refuse, with the same words. Safe for use by several threads.
 */
public final class SimulatedCards implements DeviceTree, Links, VfioGroups {
    private static final String DEVICES = "bus/pci/devices/";
    private static final String GROUPS = "kernel/iommu_groups/";
    private static final int MOST_PARTS = 7;
    private static final int FIRST_PART = 0x80;
    private static final int SPEED_MEGABIT = 1_000;
    /** The one that makes network devices of virtual functions. */
    private static final String OWN_DRIVER = "igbvf";

    private final Map<String, Card> cards = new TreeMap<>();
    private final Map<String, Part> parts = new TreeMap<>();
    private final Set<Integer> open = new HashSet<>();
    private int made;
    private boolean obeysLinkStates;

    /**
     * A card as it can be kept.
     *
     * @param name   of its network device
     * @param probes whether parts that come get a driver by themselves
     */
    record CardState(int bus, String name, boolean probes, List<PartState> parts) {
        CardState {
            parts = List.copyOf(parts);
        }
    }

    /**
     * A virtual function of it, with what its card was told.
     *
     * @param driver   that is bound, or ""
     * @param override the one driver it may have, or ""
     */
    record PartState(String address, String driver, String override, VirtualFunctionState port) {
        int index() {
            return port.index();
        }

        boolean hasDevice() {
            return driver.equals(OWN_DRIVER);
        }
    }

    /** A physical function. */
    private static final class Card {
        private final String address;
        private final int numaNode;
        private final Device device;
        private final int group;
        private boolean probes = true;
        private int count;
        private int errors;

        Card(String address, String name, int numaNode, int group) {
            this.address = address;
            this.numaNode = numaNode;
            this.group = group;
            this.device = new Device(name, "02:00:00:00:%02x:00".formatted(group));
            this.device.up = true;
        }
    }

    /** A virtual one. */
    private static final class Part {
        private final Card of;
        private final String address;
        private final int index;
        private final int group;
        private String driver = "";
        private String override = "";
        private Device device;
        private VirtualFunctionState port;
        private int deaf;

        Part(Card of, String address, int index, int group) {
            this.of = of;
            this.address = address;
            this.index = index;
            this.group = group;
            this.port = new VirtualFunctionState(index, new HardwareAddress(0), 0, 0, VirtualFunctionState.VLAN, 0, 0, Optional.of(true),
                    Optional.of(false), Optional.of(VirtualFunctionState.Link.AUTO));
        }
    }

    /** A network device. */
    private static final class Device {
        private String name;
        private String address;
        private int mtuBytes = 1_500;
        private boolean up;
        private boolean away;

        Device(String name, String address) {
            this.name = name;
            this.address = address;
        }
    }

    /** One more card, at a bus of its own; 7 virtual functions at most. */
    public synchronized SimulatedCards card(int bus, String name, int numaNode) {
        String address = new PciAddress(0, bus, 0, 0).toString();
        cards.put(address, new Card(address, name, numaNode, bus * (MOST_PARTS + 1)));
        return this;
    }

    /** They can be told to a virtual function, which igb does not do. */
    synchronized SimulatedCards obeyLinkStates() {
        obeysLinkStates = true;
        return this;
    }

    /** All cards as they are now, by address. */
    synchronized List<CardState> states() {
        return cards.values().stream().map(card -> new CardState(PciAddress.parse(card.address).orElseThrow().bus(), card.device.name, card.probes,
                parts.values().stream().filter(part -> part.of == card).map(part -> new PartState(part.address, part.driver, part.override, part.port))
                        .toList())).toList();
    }

    /** Makes a card that is there what it was once. */
    synchronized void restore(CardState state) {
        Card card = cards.get(new PciAddress(0, state.bus(), 0, 0).toString());
        card.probes = state.probes();
        card.count = state.parts().size();
        parts.values().removeIf(part -> part.of == card);
        for (PartState each : state.parts()) {
            Part part = new Part(card, each.address(), each.index(), card.group + 1 + each.index());
            part.override = each.override();
            part.port = each.port();
            part.driver = each.driver();
            if (each.hasDevice()) {
                part.device = made(part);
            }
            parts.put(part.address, part);
        }
    }

    /** A function's network device goes into a container's namespace, or comes back by its end. */
    public synchronized void move(PciAddress function, boolean away) {
        parts.get(function.toString()).device.away = away;
    }

    /** Its driver does not hear of its address so often, as while its card is busy. */
    public synchronized void deafen(PciAddress function, int times) {
        parts.get(function.toString()).deaf = times;
    }

    /** A program opens a group, or closes it. */
    public synchronized void use(int group, boolean opened) {
        if (opened) {
            open.add(group);
        } else {
            open.remove(group);
            notifyAll();
        }
    }

    /** A card counts so many errors of PCI Express more. */
    public synchronized void fail(int bus, int errors) {
        cards.get(new PciAddress(0, bus, 0, 0).toString()).errors += errors;
    }

    /** Somebody pulls it out, with its parts. */
    public synchronized void remove(int bus) {
        Card card = cards.remove(new PciAddress(0, bus, 0, 0).toString());
        parts.values().removeIf(part -> part.of == card);
    }

    @Override
    public synchronized boolean isOpen(int group) {
        return open.contains(group);
    }

    private Collection<Device> devices() {
        List<Device> all = new ArrayList<>(cards.values().stream().map(card -> card.device).toList());
        parts.values().stream().filter(part -> part.device != null && !part.device.away).forEach(part -> all.add(part.device));
        return all;
    }

    private Optional<Device> deviceOf(String address) {
        return cards.containsKey(address) ? Optional.of(cards.get(address).device)
                : Optional.ofNullable(parts.get(address)).map(part -> part.device).filter(device -> !device.away);
    }

    @Override
    public synchronized List<String> list(String path) {
        Set<String> names = new TreeSet<>();
        if (path.equals("bus/pci/devices")) {
            names.addAll(cards.keySet());
            names.addAll(parts.keySet());
        } else if (path.startsWith(GROUPS)) {
            int group = Integer.parseInt(path.substring(GROUPS.length()).split("/")[0]);
            cards.values().stream().filter(card -> card.group == group).forEach(card -> names.add(card.address));
            parts.values().stream().filter(part -> part.group == group).forEach(part -> names.add(part.address));
        } else if (path.endsWith("/net") && path.startsWith(DEVICES)) {
            deviceOf(path.substring(DEVICES.length(), path.length() - "/net".length())).ifPresent(device -> names.add(device.name));
        } else if (path.startsWith(DEVICES)) {
            String address = path.substring(DEVICES.length());
            if (cards.containsKey(address)) {
                parts.values().stream().filter(part -> part.of.address.equals(address)).forEach(part -> names.add("virtfn" + part.index));
                names.addAll(List.of("sriov_numvfs", "sriov_totalvfs", "uevent"));
            } else if (parts.containsKey(address)) {
                names.addAll(List.of("physfn", "reset", "uevent"));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public synchronized Optional<String> read(String path) {
        if (path.startsWith("class/net/")) {
            String[] words = path.split("/");
            return devices().stream().filter(device -> device.name.equals(words[2])).findFirst().flatMap(device -> switch (words[3]) {
                case "type" -> Optional.of("1");
                case "address" -> Optional.of(device.address);
                case "mtu" -> Optional.of(Integer.toString(device.mtuBytes));
                case "flags" -> Optional.of(device.up ? "0x1003" : "0x1002");
                case "carrier" -> device.up ? Optional.of("1") : Optional.empty();
                case "speed" -> device.up ? Optional.of(Integer.toString(SPEED_MEGABIT)) : Optional.empty();
                default -> Optional.empty();
            });
        }
        String[] words = path.startsWith(DEVICES) ? path.substring(DEVICES.length()).split("/", 2) : new String[0];
        if (words.length < 2) {
            return Optional.empty();
        }
        Card card = cards.get(words[0]);
        Part part = parts.get(words[0]);
        return card == null && part == null ? Optional.empty() : switch (words[1]) {
            case "uevent" -> Optional.of(card != null ? uevent("igb", "8086:10C9", card.address) : uevent(part.driver, "8086:10CA", part.address));
            case "numa_node" -> Optional.of(Integer.toString(card != null ? card.numaNode : part.of.numaNode));
            case "sriov_totalvfs" -> card == null ? Optional.empty() : Optional.of(Integer.toString(MOST_PARTS));
            case "sriov_numvfs" -> card == null ? Optional.empty() : Optional.of(Integer.toString(card.count));
            case "sriov_drivers_autoprobe" -> card == null ? Optional.empty() : Optional.of(card.probes ? "1" : "0");
            case "aer_dev_nonfatal" -> card == null ? Optional.empty() : Optional.of("Undefined 0\nDLP " + card.errors + "\nTOTAL_ERR_NONFATAL "
                    + card.errors);
            case "driver_override" -> part == null || part.override.isEmpty() ? Optional.of("(null)") : Optional.of(part.override);
            default -> Optional.empty();
        };
    }

    private static String uevent(String driver, String ids, String address) {
        return (driver.isEmpty() ? "" : "DRIVER=" + driver + "\n") + "PCI_CLASS=20000\nPCI_ID=" + ids + "\nPCI_SLOT_NAME=" + address;
    }

    @Override
    public synchronized Optional<String> link(String path) {
        String[] words = path.startsWith(DEVICES) ? path.substring(DEVICES.length()).split("/", 2) : new String[0];
        if (words.length < 2) {
            return Optional.empty();
        }
        Card card = cards.get(words[0]);
        Part part = parts.get(words[0]);
        if (card != null && words[1].startsWith("virtfn")) {
            return parts.values().stream().filter(each -> each.of == card && words[1].equals("virtfn" + each.index)).map(each -> each.address)
                    .findFirst();
        }
        return card == null && part == null ? Optional.empty() : switch (words[1]) {
            case "driver" -> Optional.of(card != null ? "igb" : part.driver).filter(driver -> !driver.isEmpty());
            case "iommu_group" -> Optional.of(Integer.toString(card != null ? card.group : part.group));
            case "physfn" -> part == null ? Optional.empty() : Optional.of(part.of.address);
            default -> Optional.empty();
        };
    }

    @Override
    public synchronized void write(String path, String text) throws IOException {
        if (path.equals("bus/pci/drivers_probe")) {
            probe(Optional.ofNullable(parts.get(text)).orElseThrow(() -> refused(path, text, "No such device")));
            return;
        }
        String[] words = path.startsWith(DEVICES) ? path.substring(DEVICES.length()).split("/", 2) : new String[] {"", ""};
        Card card = cards.get(words[0]);
        Part part = parts.get(words[0]);
        if (card != null && words[1].equals("sriov_numvfs")) {
            divide(card, path, text);
        } else if (card != null && words[1].equals("sriov_drivers_autoprobe")) {
            card.probes = text.equals("1");
        } else if (part != null && words[1].equals("driver_override")) {
            part.override = text.strip();
        } else if (part != null && words[1].equals("reset")) {
            Optional.ofNullable(part.device).ifPresent(device -> device.up = false);
        } else if (part != null && words[1].equals("driver/unbind") && !part.driver.isEmpty()) {
            part.driver = "";
            part.device = null;
        } else {
            throw refused(path, text, "No such file or directory");
        }
    }

    private static IOException refused(String path, String text, String why) {
        return new IOException("writing " + text.strip() + " to " + path + ": " + why);
    }

    private void divide(Card card, String path, String text) throws IOException {
        int count = Integer.parseInt(text);
        if (count < 0 || count > MOST_PARTS) {
            throw refused(path, text, "Numerical result out of range");
        }
        if (count != 0 && card.count != 0 && count != card.count) {
            throw refused(path, text, "Device or resource busy");
        }
        if (count == card.count) {
            return;
        }
        awaitClosed(card);
        parts.values().removeIf(part -> part.of == card);
        card.count = count;
        PciAddress whole = PciAddress.parse(card.address).orElseThrow();
        for (int i = 0; i < count; i++) {
            int number = FIRST_PART + 2 * i;
            Part part = new Part(card, new PciAddress(whole.domain(), whole.bus(), number >> 3, number & 7).toString(), i, card.group + 1 + i);
            parts.put(part.address, part);
            if (card.probes) {
                probe(part);
            }
        }
    }

    /** As the kernel does, which asks whoever has one open to let go, and waits. */
    private void awaitClosed(Card card) throws IOException {
        try {
            while (parts.values().stream().anyMatch(part -> part.of == card && part.driver.equals(Course.VFIO) && open.contains(part.group))) {
                wait();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("waiting for a program that has a part of " + card.device.name + " open: Interrupted system call", ended);
        }
    }

    private void probe(Part part) {
        if (!part.driver.isEmpty() || !part.of.probes && part.override.isEmpty()) {
            return;
        }
        part.driver = part.override.isEmpty() ? OWN_DRIVER : part.override;
        if (part.driver.equals(OWN_DRIVER)) {
            part.device = made(part);
        } else if (!part.driver.equals(Course.VFIO)) {
            part.driver = "";
        }
    }

    private Device made(Part part) {
        made++;
        return new Device(part.of.device.name + "v" + part.index, part.port.address().bits() != 0 && part.deaf-- <= 0
                ? part.port.address().toString() : "02:01:00:00:%02x:%02x".formatted(made >> 8 & 0xff, made & 0xff));
    }

    @Override
    public synchronized List<String> altNames(String name) {
        return List.of();
    }

    @Override
    public synchronized List<VirtualFunctionState> ports(String physical) {
        return parts.values().stream().filter(part -> part.of.device.name.equals(physical)).map(part -> part.port)
                .sorted((one, other) -> Integer.compare(one.index(), other.index())).toList();
    }

    @Override
    public synchronized void change(String name, Step step) throws IOException {
        Device device = devices().stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow(() -> new IOException(
                "there is no network device " + name + " (any more)"));
        switch (step) {
            case Step.Rename(String other) -> {
                if (device.up && !other.equals(name)) {
                    throw new IOException("RTM_NEWLINK " + name + " name " + other + ": EBUSY");
                }
                if (!other.equals(name) && devices().stream().anyMatch(each -> each.name.equals(other))) {
                    throw new IOException("RTM_NEWLINK " + name + " name " + other + ": EEXIST");
                }
                device.name = other;
            }
            case Step.Down() -> device.up = false;
            case Step.Up() -> device.up = true;
            case Step.Mtu(int bytes) -> device.mtuBytes = bytes;
            case Step.NetdevAddress(String address) -> {
                boolean fixed = parts.values().stream().anyMatch(part -> part.device == device && part.port.address().bits() != 0
                        && !part.port.address().toString().equals(address) && !part.port.trusted().orElse(false));
                if (fixed) {
                    throw new IOException("RTM_NEWLINK " + name + " address " + address + ": EADDRNOTAVAIL");
                }
                device.address = address;
            }
            default -> throw new IllegalArgumentException(step + " is not about a network device");
        }
    }

    @Override
    public synchronized void change(String physical, int index, Step step) throws IOException {
        Part part = parts.values().stream().filter(each -> each.of.device.name.equals(physical) && each.index == index).findFirst().orElseThrow(() ->
                new IOException("RTM_NEWLINK " + physical + " vf " + index + ": EINVAL"));
        VirtualFunctionState port = part.port;
        part.port = switch (step) {
            case Step.Address(String address) -> {
                HardwareAddress hardware = HardwareAddress.parse(address);
                if ((hardware.bits() >> 40 & 1) != 0) {
                    throw new IOException("RTM_NEWLINK " + physical + " vf " + index + " mac " + address + ": EINVAL");
                }
                yield new VirtualFunctionState(index, hardware, port.vlanId(), port.vlanPriority(), port.vlanProtocol(), port.leastMegabit(),
                        port.mostMegabit(), port.spoofCheck(), port.trusted(), port.link());
            }
            case Step.Tag(var vlan) -> {
                if (vlan.service()) {
                    throw new IOException("RTM_NEWLINK " + physical + " vf " + index + " vlan proto 802.1ad: EPROTONOSUPPORT");
                }
                yield new VirtualFunctionState(index, port.address(), vlan.id(), vlan.priority(), VirtualFunctionState.VLAN, port.leastMegabit(),
                        port.mostMegabit(), port.spoofCheck(), port.trusted(), port.link());
            }
            case Step.Rates(int least, int most) -> {
                if (least != 0 || most > SPEED_MEGABIT) {
                    throw new IOException("RTM_NEWLINK " + physical + " vf " + index + " min_tx_rate " + least + " max_tx_rate " + most + ": EINVAL");
                }
                yield new VirtualFunctionState(index, port.address(), port.vlanId(), port.vlanPriority(), port.vlanProtocol(), least, most,
                        port.spoofCheck(), port.trusted(), port.link());
            }
            case Step.SpoofCheck(boolean on) -> new VirtualFunctionState(index, port.address(), port.vlanId(), port.vlanPriority(), port.vlanProtocol(),
                    port.leastMegabit(), port.mostMegabit(), Optional.of(on), port.trusted(), port.link());
            case Step.Trust(boolean on) -> new VirtualFunctionState(index, port.address(), port.vlanId(), port.vlanPriority(), port.vlanProtocol(),
                    port.leastMegabit(), port.mostMegabit(), port.spoofCheck(), Optional.of(on), port.link());
            case Step.Link(var state) -> {
                if (!obeysLinkStates) {
                    throw new IOException("RTM_NEWLINK " + physical + " vf " + index + " state: EOPNOTSUPP");
                }
                yield new VirtualFunctionState(index, port.address(), port.vlanId(), port.vlanPriority(), port.vlanProtocol(), port.leastMegabit(),
                        port.mostMegabit(), port.spoofCheck(), port.trusted(), Optional.of(VirtualFunctionState.Link.valueOf(state.name())));
            }
            default -> throw new IllegalArgumentException(step + " is not about a port");
        };
    }
}
