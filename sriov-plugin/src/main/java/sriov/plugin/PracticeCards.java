package sriov.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Course;
import sriov.grant.Step;
import sriov.inventory.PciAddress;
import sriov.plugin.PracticeLinks.Found;
import sriov.plugin.SimulatedCards.CardState;
import sriov.plugin.SimulatedCards.PartState;

/**
 * Cards that no machine has, whose virtual functions are network links all the same: for labs, and to try things out. What the kernel would keep in a card's files is simulated
 * ({@link SimulatedCards}) and kept in a file; the links are real, in the network namespace in which it was opened.
 *
 * <p>A card is a bridge, {@code jvf1} for the first, which stands for its physical function and is the switch within it. A virtual function whose driver is bound is a veth pair:
 * {@code jvf1v0} is its network device, {@code jvf1p0} its port of the switch. Each VLAN of a card is a bridge of its own, {@code jvf1t100}, so functions of different VLANs do not
 * reach each other on any kernel; what a container tags by itself passes within its own bridge. There is no cable between cards, nor to anywhere else, unless somebody adds a port to a
 * bridge.
 *
 * <p>Real are: division, drivers that are bound and unbound, names, MTU, hardware addresses, VLANs, a link state of "disable". Simulated alone, so that they are told and shown
 * and nothing comes of them: rates, spoof check, trust within a container, a VLAN's priority. There is no {@code /dev/vfio}, and so nothing for programs.
 *
 * <p>The kernel deletes a veth together with the container's namespace, while it gives hardware back. Here, a pair that has vanished from under a driver is made anew as soon as
 * somebody looks, as if it had come back. Safe for use by several threads.
 */
public final class PracticeCards implements DeviceTree, Links, VfioGroups, AutoCloseable {
    /** More of them are of no use on one machine. */
    public static final int MOST = 8;
    private static final String PREFIX = "jvf";
    private static final int PARTS = 7;
    private static final String DEVICES = "bus/pci/devices/";
    private static final int PROMISCUOUS_AND_UP = 0x1103;
    private static final int SPEED_MEGABIT = 1_000;
    private static final long LOCAL = 0x02L << 40;
    private static final int RANDOM_BITS = 40;

    private final SimulatedCards cards = new SimulatedCards().obeyLinkStates();
    private final PracticeLinks links;
    private final PracticeRecord record;
    /** By bus. */
    private final Map<Integer, HardwareAddress> bridges = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    private PracticeCards(PracticeLinks links, PracticeRecord record) {
        this.links = links;
        this.record = record;
    }

    /**
     * Makes so many cards of 7 virtual functions each, not divided yet; those that are there by these records stay as they are. One that is too many goes, unless a container
     * has a part of it.
     *
     * @param count   0 to {@link #MOST}
     * @param records folder of who has what, where it keeps what they are like
     * @param journal takes what the operator should know
     * @throws IOException if the network namespace has such links of somebody else, or the kernel refuses
     */
    public static PracticeCards open(int count, Path records, Consumer<String> journal) throws IOException {
        if (count < 0 || count > MOST) {
            throw new IllegalArgumentException(count + " practice cards, must be 0 to " + MOST);
        }
        GrantFolder.open(records);
        PracticeLinks links = new PracticeLinks();
        PracticeCards all = new PracticeCards(links, new PracticeRecord(records));
        boolean done = false;
        try {
            all.begin(count, journal);
            done = true;
            return all;
        } finally {
            if (!done) {
                links.close();
            }
        }
    }

    private void begin(int count, Consumer<String> journal) throws IOException {
        Map<Integer, PracticeRecord.Kept> kept = record.read();
        int nodes = nodes();
        for (int bus = 1; bus <= MOST; bus++) {
            Optional<PracticeRecord.Kept> before = Optional.ofNullable(kept.get(bus));
            if (bus > count && before.isEmpty()) {
                continue;
            }
            boolean goesOn = isThere(bus, before);
            if (bus > count && !isUsed(bus)) {
                delete(links, bus);
                continue;
            }
            if (bus > count) {
                journal.accept("practice card " + PREFIX + bus + " stays beyond the " + count + " asked for: a container has a function of it");
            }
            cards.card(bus, PREFIX + bus, (bus - 1) % nodes);
            bridges.put(bus, before.filter(any -> goesOn).map(PracticeRecord.Kept::bridge).orElseGet(PracticeCards::anyAddress));
            before.filter(any -> goesOn).ifPresent(each -> cards.restore(each.state()));
        }
        keep(); // first: what is made next is known as its own then
        settle();
    }

    /** Whether a card's links are there, from before. */
    private boolean isThere(int bus, Optional<PracticeRecord.Kept> kept) throws IOException {
        Optional<Found> bridge = links.find(PREFIX + bus);
        if (bridge.isPresent() && !bridge.get().info().address().equals(kept.map(PracticeRecord.Kept::bridge))) {
            throw new IOException("practice card " + PREFIX + bus + " cannot be made: there is a network device of that name that was not made by the records here;"
                    + " end the agent that has practice cards in this network namespace, or delete it: ip link delete " + PREFIX + bus);
        }
        return bridge.isPresent() || kept.isPresent() && !ports(bus).isEmpty();
    }

    private boolean isUsed(int bus) throws IOException {
        return ports(bus).stream().anyMatch(port -> port.otherEnd().isEmpty());
    }

    private List<Found> ports(int bus) throws IOException {
        return links.all().stream().filter(each -> each.name().matches(PREFIX + bus + "p[0-" + (PARTS - 1) + "]")).toList();
    }

    private static HardwareAddress anyAddress() {
        return new HardwareAddress(LOCAL | ThreadLocalRandom.current().nextLong(1L << RANDOM_BITS));
    }

    private static int nodes() {
        return Math.max(1, (int) new HostSysTree(Path.of("/sys")).list("devices/system/node").stream().filter(name -> name.matches("node\\d+")).count());
    }

    private static String port(int bus, int index) {
        return PREFIX + bus + "p" + index;
    }

    private void keep() throws IOException {
        record.write(cards.states().stream().map(each -> new PracticeRecord.Kept(each, bridges.get(each.bus()))).toList());
    }

    /** Makes and deletes links until they are what the simulated cards say. */
    private void settle() throws IOException {
        Map<String, Found> there = new LinkedHashMap<>();
        links.all().forEach(each -> there.put(each.name(), each));
        for (CardState card : cards.states()) {
            Set<String> needed = new HashSet<>();
            switchOf(card.bus(), 0, there);
            needed.add(PREFIX + card.bus());
            for (PartState part : card.parts()) {
                if (part.hasDevice()) {
                    needed.add(port(card.bus(), part.index()));
                    needed.add(switchOf(card.bus(), part.port().vlanId(), there).name());
                    connect(card, part, there);
                }
            }
            for (String each : List.copyOf(there.keySet())) {
                if (each.matches(PREFIX + card.bus() + "(p[0-" + (PARTS - 1) + "]|t\\d{1,4})") && !needed.contains(each)) {
                    links.delete(each);
                }
            }
        }
    }

    /** The bridge of a card's VLAN, 0 of none. */
    private Found switchOf(int bus, int vlan, Map<String, Found> there) throws IOException {
        String name = PREFIX + bus + (vlan == 0 ? "" : "t" + vlan);
        if (!there.containsKey(name)) {
            there.put(name, links.bridge(name, vlan == 0 ? bridges.get(bus) : anyAddress()));
        }
        return there.get(name);
    }

    private void connect(CardState card, PartState part, Map<String, Found> there) throws IOException {
        String name = port(card.bus(), part.index());
        Found bridge = switchOf(card.bus(), part.port().vlanId(), there);
        if (!there.containsKey(name)) {
            links.pair(name, bridge, card.name() + "v" + part.index(), Optional.of(part.port().address()).filter(address -> address.bits() != 0));
            there.put(name, links.find(name).orElseThrow(() -> new IOException("veth " + name + " was made and is gone again: see who deletes it")));
        }
        Found port = there.get(name);
        if (port.info().master().isEmpty() || port.info().master().getAsInt() != bridge.info().index()) {
            links.move(port, bridge);
        }
        boolean up = !part.port().link().equals(Optional.of(VirtualFunctionState.Link.DISABLE));
        if (up != port.info().up()) {
            links.change(up ? LinkMessages.up(port.info().index()) : LinkMessages.down(port.info().index()));
        }
    }

    /** A function's network device in the namespace here; made anew if it went with a container's. */
    private Optional<Found> device(String address) throws IOException {
        for (CardState card : cards.states()) {
            for (PartState part : card.parts()) {
                if (part.address().equals(address) && part.hasDevice()) {
                    Optional<Found> port = links.find(port(card.bus(), part.index()));
                    if (port.isEmpty()) {
                        settle();
                        port = links.find(port(card.bus(), part.index()));
                    }
                    return port.isEmpty() || port.get().otherEnd().isEmpty() ? Optional.empty() : links.find(port.get().otherEnd().getAsInt());
                }
            }
        }
        return Optional.empty();
    }

    /** Something that asks the kernel. */
    @FunctionalInterface
    private interface Asking<T> {
        T answer() throws IOException;
    }

    private <T> T asked(Asking<T> asking) throws IOException {
        lock.lock();
        try {
            return asking.answer();
        } finally {
            lock.unlock();
        }
    }

    private <T> T read(Asking<T> asking) {
        try {
            return asked(asking);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Optional<CardState> card(String address) {
        return cards.states().stream().filter(each -> new PciAddress(0, each.bus(), 0, 0).toString().equals(address)).findFirst();
    }

    @Override
    public List<String> list(String path) {
        if (!path.startsWith(DEVICES) || !path.endsWith("/net")) {
            return cards.list(path);
        }
        String address = path.substring(DEVICES.length(), path.length() - "/net".length());
        return read(() -> {
            Optional<CardState> card = card(address);
            Optional<Found> device = card.isPresent() ? links.find(card.get().name()) : device(address);
            return device.map(Found::name).stream().toList();
        });
    }

    @Override
    public Optional<String> read(String path) {
        String[] words = path.split("/");
        if (!path.startsWith("class/net/") || words.length < 4) {
            return cards.read(path);
        }
        return read(() -> links.find(words[2]).flatMap(link -> switch (words[3]) {
            case "type" -> Optional.of("1");
            case "address" -> link.info().address().map(HardwareAddress::toString);
            case "mtu" -> Optional.of(Integer.toString(link.info().mtuBytes()));
            case "flags" -> Optional.of("0x" + Integer.toHexString(link.info().flags() & PROMISCUOUS_AND_UP));
            // A switch is its own cable: the kernel would say that a bridge without ports has none.
            case "carrier" -> link.info().up() ? Optional.of("1") : Optional.empty();
            case "speed" -> link.info().up() ? Optional.of(Integer.toString(SPEED_MEGABIT)) : Optional.empty();
            default -> Optional.empty();
        }));
    }

    @Override
    public Optional<String> link(String path) {
        return cards.link(path);
    }

    @Override
    public void write(String path, String text) throws IOException {
        if (path.endsWith("/driver_override") && text.strip().equals(Course.VFIO)) {
            throw new IOException("practice cards have no /dev/vfio: use mode netdev");
        }
        asked(() -> {
            if (path.startsWith(DEVICES) && path.endsWith("/reset")) {
                Optional<Found> device = device(path.substring(DEVICES.length(), path.length() - "/reset".length()));
                if (device.isPresent()) {
                    links.change(LinkMessages.down(device.get().info().index()));
                }
            }
            cards.write(path, text);
            keep();
            settle();
            return null;
        });
    }

    @Override
    public List<String> altNames(String name) throws IOException {
        return asked(() -> links.find(name).map(Found::altNames).orElse(List.of()));
    }

    @Override
    public List<VirtualFunctionState> ports(String physical) {
        return cards.ports(physical);
    }

    @Override
    public void change(String name, Step step) throws IOException {
        asked(() -> {
            Found link = links.find(name).orElseThrow(() -> new IOException("there is no network device " + name + " (any more)"));
            if (step instanceof Step.Mtu(int bytes) && bytes > PracticeLinks.MOST_MTU) {
                throw new IOException("RTM_NEWLINK " + name + " mtu " + bytes + ": EINVAL");
            }
            if (step instanceof Step.NetdevAddress(String address) && isFixed(link, HardwareAddress.parse(address))) {
                throw new IOException("RTM_NEWLINK " + name + " address " + address + ": EADDRNOTAVAIL");
            }
            links.change(HostLinks.request(link.info().index(), step));
            return null;
        });
    }

    /** A card that has given a function an address lets it have no other, as igbvf sees it, unless it is trusted. */
    private boolean isFixed(Found link, HardwareAddress address) throws IOException {
        for (CardState card : cards.states()) {
            for (PartState part : card.parts()) {
                boolean gave = part.port().address().bits() != 0 && !part.port().address().equals(address) && !part.port().trusted().orElse(false);
                if (gave && device(part.address()).filter(each -> each.info().index() == link.info().index()).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void change(String physical, int index, Step step) throws IOException {
        asked(() -> {
            cards.change(physical, index, step);
            keep();
            settle();
            return null;
        });
    }

    /** No program can. */
    @Override
    public boolean isOpen(int group) {
        return false;
    }

    /** Deletes all links, also those that containers have, and forgets the cards; then it is of no use any more. */
    public void remove() throws IOException {
        asked(() -> {
            remove(links, record);
            return null;
        });
    }

    /**
     * Deletes the links of cards that nobody has open: all that those records know as their own, also if containers have them.
     *
     * @param records folder of who has what; one that is not there knows of none
     */
    public static void remove(Path records) throws IOException {
        PracticeRecord record = new PracticeRecord(records);
        if (!record.read().isEmpty()) {
            try (PracticeLinks links = new PracticeLinks()) {
                remove(links, record);
            }
        }
    }

    private static void remove(PracticeLinks links, PracticeRecord record) throws IOException {
        for (PracticeRecord.Kept each : record.read().values()) {
            delete(links, each.state().bus());
        }
        record.remove();
    }

    private static void delete(PracticeLinks links, int bus) throws IOException {
        for (Found each : links.all()) {
            if (each.name().matches(PREFIX + bus + "(p[0-" + (PARTS - 1) + "]|t\\d{1,4})?")) {
                links.delete(each.name());
            }
        }
    }

    /** The links stay, with who has them; who opens the cards again by the same records finds them. */
    @Override
    public void close() {
        links.close();
    }
}
