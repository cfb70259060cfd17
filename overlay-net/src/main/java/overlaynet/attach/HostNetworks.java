package overlaynet.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import linux.socket.NetlinkSocket;
import overlaynet.audit.Repair;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.HostNetwork;
import overlaynet.link.PortRequest;
import overlaynet.link.KeptForwarding;
import overlaynet.link.LoopbackRouting;
import overlaynet.link.NetworkTables;
import overlaynet.link.SharedNftables;
import overlaynet.mesh.Mesh;
import overlaynet.network.NetworkDecision;
import overlaynet.network.NetworkDefinition;
import overlaynet.network.NetworkWish;

/**
 * The networks of one agent: the bridge every container gets without a word, and those somebody
 * made, each with a bridge, a table of rules and leases of its own. Safe for use by several threads.
 */
public final class HostNetworks implements AutoCloseable {
    private static final int ID_BYTES = 32;

    private final NetworkFolders folders;
    private final BridgeSettings firstSettings;
    private final PortReservations ports;
    private final SharedNftables nftables = SharedNftables.open();
    private final KeptForwarding forwarding;
    private final LoopbackRouting loopback;
    private final BridgeAttacher first;
    private final NetworkTables tables;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final List<String> warnings;
    /** By id; guarded by this. */
    private final Map<String, Made> made = new LinkedHashMap<>();

    /** Ports of this host that lead to services' tasks; of the overlay's thread alone. */
    private final Set<PortRequest> ofServices = new LinkedHashSet<>();

    private record Made(NetworkDefinition definition, BridgeAttacher attacher) {}

    private HostNetworks(NetworkFolders folders, BridgeSettings firstSettings, Path firstFolder,
            HostPorts hostPorts, RandomGenerator random, InstantSource clock,
            KeptForwarding forwarding, LoopbackRouting loopback) throws IOException {
        this.forwarding = forwarding;
        this.loopback = loopback;
        this.ports = new PortReservations(hostPorts);
        this.folders = folders;
        this.firstSettings = firstSettings;
        this.tables = new NetworkTables(nftables, firstSettings.tableName());
        this.random = random;
        this.clock = clock;
        NetworkFolders.Found found = folders.read();
        this.warnings = new ArrayList<>(found.warnings());
        this.first = BridgeAttacher.open(BridgeAttacher.Settings.first(firstSettings), firstFolder,
                ports, nftables);
        try {
            for (NetworkDefinition definition : found.definitions()) {
                made.put(definition.id(), new Made(definition, open(definition)));
            }
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    /**
     * Opens the networks there are; touches no link yet.
     *
     * @param data   D: the first network's leases lie in {@code D/network}, the others below
     *               {@code D/networks}
     * @param run    R: names of links and tables follow from it
     * @param ports  how ports of the host are had
     * @param random for ids
     */
    public static HostNetworks open(Path data, Path run, HostPorts ports, RandomGenerator random,
            InstantSource clock) throws IOException {
        return new HostNetworks(new NetworkFolders(data.resolve("networks")),
                BridgeSettings.forRunFolder(run), data.resolve("network"), ports, random, clock,
                KeptForwarding.open(data.resolve("forwarding")),
                LoopbackRouting.open(data.resolve("loopback-routing")));
    }

    private BridgeAttacher open(NetworkDefinition definition) throws IOException {
        BridgeSettings bridge = new BridgeSettings(definition.linkName(),
                BridgeSettings.tableNameOf(definition.id()), Optional.of(definition.subnet()),
                Optional.of(definition.gateway()),
                definition.ipv6().map(ipv6 -> new Bridge.Ipv6(ipv6.subnet(), ipv6.gateway())),
                definition.internal(), definition.mtuBytes(), definition.shared().map(shared ->
                        new Bridge.Peers(shared.routed() ? Optional.empty()
                                : Optional.of(Mesh.linkName(shared.number())), shared.subnets())));
        return BridgeAttacher.open(new BridgeAttacher.Settings(definition.name(),
                definition.id(), bridge, definition.range()), folders.of(definition.id()), ports,
                nftables);
    }

    /** What could not be read, a sentence each. */
    public synchronized List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * A network as it is.
     *
     * @param id         64 hexadecimal digits
     * @param name       {@code bridge} for the first
     * @param linkName   of its bridge
     * @param definition what somebody made it to be; empty for the first
     * @param bridge     as it stands; empty if no container needed it yet
     */
    public record Network(String id, String name, String linkName,
            Optional<NetworkDefinition> definition, Optional<Bridge> bridge) {

        /** Whether containers are found by name in it. */
        public boolean hasNames() {
            return definition.isPresent();
        }

        /** Whether it is this node's part of a network that nodes share. */
        public boolean isShared() {
            return definition.flatMap(NetworkDefinition::shared).isPresent();
        }

        /** Whether nothing leaves it. */
        public boolean internal() {
            return definition.map(NetworkDefinition::internal).orElse(false);
        }
    }

    /** All networks, the first one first. */
    public synchronized List<Network> list() {
        List<Network> networks = new ArrayList<>();
        networks.add(firstNetwork());
        made.values().forEach(each -> networks.add(network(each)));
        return networks;
    }

    private Network firstNetwork() {
        return new Network(firstSettings.networkId(), BridgeAttacher.NETWORK_NAME,
                firstSettings.linkName(), Optional.empty(), first.bridge());
    }

    private static Network network(Made made) {
        return new Network(made.definition.id(), made.definition.name(),
                made.definition.linkName(), Optional.of(made.definition), made.attacher.bridge());
    }

    /**
     * The network of that name, id, or beginning of an id: looked for in this order.
     *
     * @throws AttachException if there is none, or several
     */
    public synchronized Network find(String text) throws AttachException {
        if (text.equals(BridgeAttacher.NETWORK_NAME) || text.equals("default")) {
            return firstNetwork();
        }
        List<Network> all = list();
        for (Network each : all) {
            if (each.name().equals(text) || each.id().equals(text)) {
                return each;
            }
        }
        List<Network> fitting = text.matches("[0-9a-f]{1,63}")
                ? all.stream().filter(each -> each.id().startsWith(text)).toList() : List.of();
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        throw fitting.isEmpty()
                ? new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, "network " + text
                        + " not found; `jctl network ls` lists those there are")
                : new AttachException("several networks' ids begin with " + text
                        + ": give more digits");
    }

    /**
     * Makes a network with its bridge.
     *
     * @throws AttachException if it cannot be had as wished; nothing was made
     */
    public synchronized Network create(NetworkWish wish) throws IOException {
        if (list().stream().anyMatch(each -> each.name().equals(wish.name()))) {
            throw new AttachException(AttachException.Kind.NAME_IN_USE, "network with name "
                    + wish.name() + " already exists; remove it (jctl network rm " + wish.name()
                    + ") or choose another name");
        }
        NetworkDefinition definition = decide(wish);
        folders.write(definition);
        BridgeAttacher attacher = null;
        boolean done = false;
        try {
            attacher = open(definition);
            List<String> told = attacher.prepare();
            Made created = new Made(definition, attacher);
            made.put(definition.id(), created);
            done = true;
            warnings.addAll(told);
            return network(created);
        } finally {
            if (!done) {
                folders.remove(definition.id());
                if (attacher != null) {
                    attacher.close();
                }
            }
        }
    }

    private NetworkDefinition decide(NetworkWish wish) throws IOException {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            HostNetwork host = HostNetwork.read(socket);
            List<Subnet> taken = new ArrayList<>(host.taken());
            NameServers.ofHost().forEach(server -> taken.add(
                    Subnet.containing(server, server.getAddress().length * 8)));
            taken.addAll(first.remembered());
            NetworkDefinition definition = NetworkDecision.choose(wish,
                    new NetworkDecision.Circumstances(id, clock.instant(),
                            BridgeSettings.linkNameOf(id), taken,
                            made.values().stream().map(Made::definition).toList(),
                            BridgeSettings.SHORTEST_PREFIX, BridgeSettings.LONGEST_PREFIX));
            if (host.link(definition.linkName()).isPresent()) {
                throw new AttachException("the host has a network link " + definition.linkName()
                        + " already; choose another name for the bridge");
            }
            return definition;
        } catch (NetworkDecision.RefusedException refused) {
            throw new AttachException(refused.getMessage());
        }
    }

    /**
     * Makes this node's part of a network that nodes share, or another one than it was. One that is as it shall be is
     * looked after: its bridge stands when this returns.
     *
     * @throws AttachException if it cannot be had: a network of this host has the name, or containers are in the part
     *                         that was; nothing was changed
     */
    public void share(NetworkDefinition definition) throws IOException {
        share(definition, mended -> { });
    }

    /** The same; what of it was not as it had been made is told. */
    public void share(NetworkDefinition definition, Consumer<Repair> mended) throws IOException {
        BridgeAttacher attacher;
        synchronized (this) {
            Made there = made.get(definition.id());
            if (there == null || !isSame(there.definition, definition)) {
                if (list().stream().anyMatch(each -> each.name().equals(definition.name())
                        && !each.id().equals(definition.id()))) {
                    throw new AttachException(AttachException.Kind.NAME_IN_USE, "the cluster's network "
                            + definition.name() + " cannot be had here: this host has a network of that name; remove"
                            + " it (jctl network rm " + definition.name() + ") or give the cluster's another name");
                }
                if (there != null) {
                    unshare(definition.id());
                }
                folders.write(definition);
                there = new Made(definition, open(definition));
                made.put(definition.id(), there);
            }
            attacher = there.attacher;
        }
        List<String> told = attacher.audit(mended);
        if (!attacher.hasRules()) {
            throw new AttachException(AttachException.Kind.HOST_LACKS_FEATURE, "the network " + definition.name()
                    + " cannot be kept apart from others here: " + String.join("; ", told));
        }
        synchronized (this) {
            told.stream().filter(each -> !warnings.contains(each)).forEach(warnings::add);
        }
    }

    /** Its largest packet is decided once: containers have it. */
    private static boolean isSame(NetworkDefinition one, NetworkDefinition other) {
        return one.subnet().equals(other.subnet()) && one.ipv6().equals(other.ipv6())
                && one.shared().equals(other.shared()) && one.name().equals(other.name());
    }

    /**
     * Takes ports of this host that services are reached at, and lets those go it does not name.
     *
     * @return why some cannot be had, by port
     */
    public Map<PortRequest, String> reserve(Collection<PortRequest> wanted) throws IOException {
        Map<PortRequest, String> refused = new LinkedHashMap<>();
        Set<PortRequest> held = Set.copyOf(ofServices);
        for (PortRequest each : held) {
            if (!wanted.contains(each)) {
                ports.release(owner(each));
                ofServices.remove(each);
            }
        }
        for (PortRequest each : wanted) {
            if (ofServices.contains(each)) {
                continue;
            }
            try {
                ports.take(owner(each), List.of(each), false);
                ofServices.add(each);
            } catch (AttachException taken) {
                refused.put(each, taken.getMessage());
            }
        }
        return refused;
    }

    private static String owner(PortRequest port) {
        return "of-services-" + port.firstHostPort() + "-" + port.protocol().lowerCase();
    }

    /**
     * Makes the host pass packets on again, if it did not before this agent needed it.
     *
     * @return what was turned on: {@code IPv4}, {@code IPv6}
     */
    public List<String> keepForwarding(boolean ipv6) throws IOException {
        return forwarding.keep(ipv6);
    }

    /** As {@link LoopbackRouting#keep}. */
    public void keepLoopbackRouting(Set<String> linkNames) throws IOException {
        loopback.keep(linkNames);
    }

    /** As {@link SharedNftables#droppingWithout}. */
    public List<String> droppingWithout(String hook, String word) throws IOException {
        return nftables.droppingWithout(hook, word);
    }

    /** The tables that shared networks need beside those of their bridges. */
    public NetworkTables tables() {
        return tables;
    }

    /**
     * Removes this node's part of a network that nodes share; does nothing if there is none.
     *
     * @throws AttachException if containers are in it; nothing was changed
     */
    public synchronized void unshare(String networkId) throws IOException {
        Made there = made.get(networkId);
        if (there != null && there.definition.shared().isPresent()) {
            remove(there);
        }
    }

    /**
     * Removes a network with its bridge.
     *
     * @throws AttachException if containers are in it, or it is the first; nothing was changed
     */
    public synchronized void remove(String text) throws IOException {
        Network network = find(text);
        Made removed = made.get(network.id());
        if (removed == null) {
            throw new AttachException("the network " + network.name()
                    + " is jctl's own and cannot be removed");
        }
        if (removed.definition.shared().isPresent()) {
            throw new AttachException(AttachException.Kind.OF_THE_CLUSTER, "network " + network.name()
                    + " is the cluster's: a manager removes it");
        }
        remove(removed);
    }

    private void remove(Made removed) throws IOException {
        if (removed.attacher.isUsed()) {
            throw new AttachException(AttachException.Kind.NETWORK_IN_USE, "network "
                    + removed.definition.name() + " is in use by " + removed.attacher.addresses().size()
                    + " container(s)");
        }
        removed.attacher.remove();
        folders.remove(removed.definition.id());
        removed.attacher.close();
        made.remove(removed.definition.id());
    }

    /** Whether the rules of a network's bridge are those that were made. */
    public boolean rulesStand(Network network) throws IOException {
        return attacher(network).rulesStand();
    }

    /** As {@link BridgeAttacher#attach}, in the network of that name. */
    public Attachment attach(String network, AttachRequest request) throws IOException {
        return attacher(find(network)).attach(request);
    }

    private synchronized BridgeAttacher attacher(Network network) throws AttachException {
        if (network.id().equals(firstSettings.networkId())) {
            return first;
        }
        Made found = made.get(network.id());
        if (found == null) {
            throw new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, "network "
                    + network.name() + " was removed");
        }
        return found.attacher;
    }

    private synchronized List<BridgeAttacher> attachers() {
        List<BridgeAttacher> all = new ArrayList<>();
        all.add(first);
        made.values().forEach(each -> all.add(each.attacher));
        return all;
    }

    /** Gives a container's place in every network up; see {@link BridgeAttacher#detach}. */
    public CompletableFuture<Void> detach(String containerId) throws IOException {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (BridgeAttacher attacher : attachers()) {
            if (attacher == first || attacher.find(containerId).isPresent()) {
                all.add(attacher.detach(containerId));
            }
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    /**
     * Puts a container that runs into a further network.
     *
     * @param pid a process of it, as the host numbers it
     * @throws AttachException if it cannot be; nothing was changed
     */
    public void connect(String network, AttachRequest request, int pid) throws IOException {
        List<Place> places = places(request.containerId());
        boolean way = places.stream().noneMatch(
                place -> place.attached().lease().way() && !place.network().internal());
        int number = 0;
        for (Place place : places) {
            number = place.attached().lease().number() == number ? number + 1 : number;
        }
        try (RunningNamespace namespace = RunningNamespace.of(pid)) {
            Attachment attachment =
                    attach(network, request.at(number, way, namespace.descriptor()));
            try {
                RunningNamespace.sendHere(attachment.hostSide());
                namespace.send(attachment.containerSide());
            } catch (IOException failed) {
                detach(request.containerId(), find(network));
                throw failed;
            }
        }
    }

    /**
     * Takes a container that runs out of a network. If that was its way to elsewhere, the next one
     * becomes it.
     *
     * @param pid a process of it, as the host numbers it
     */
    public void disconnect(String containerId, String network, int pid) throws IOException {
        Network left = find(network);
        List<Place> places = places(containerId);
        boolean way = places.stream().anyMatch(place -> place.network().id().equals(left.id())
                && place.attached().lease().way());
        detach(containerId, left);
        Optional<Place> next = places.stream().filter(place -> way && !place.network().internal()
                && !place.network().id().equals(left.id())).findFirst();
        if (next.isPresent()) {
            try (RunningNamespace namespace = RunningNamespace.of(pid)) {
                namespace.send(attacher(next.get().network()).takeWay(containerId));
            }
        }
    }

    /** Waits until the link is gone, so that its routes are no longer in the way. */
    private void detach(String containerId, Network network) throws IOException {
        try {
            attacher(network).detach(containerId).join();
        } catch (CompletionException failed) {
            throw new IOException("the link of container " + containerId + " to the network "
                    + network.name() + " cannot be deleted: " + failed.getCause().getMessage(),
                    failed.getCause());
        }
    }

    /** Gives a container that runs another name in the networks that have names. */
    public void rename(String containerId, String before, String after) throws IOException {
        for (BridgeAttacher attacher : attachers()) {
            attacher.rename(containerId, names -> names.stream()
                    .map(name -> name.equals(before) ? after : name).toList());
        }
    }

    /** A container's place in a network. */
    public record Place(Network network, BridgeAttacher.Attached attached) {}

    /** A container's places, by the number of their links. */
    public List<Place> places(String containerId) {
        List<Place> places = new ArrayList<>();
        for (Network network : list()) {
            try {
                attacher(network).find(containerId)
                        .ifPresent(attached -> places.add(new Place(network, attached)));
            } catch (AttachException removed) {
                continue; // in this very moment
            }
        }
        places.sort(Comparator.comparingInt(
                place -> place.attached().lease().number()));
        return places;
    }

    /** The places of a network, by container. */
    public List<BridgeAttacher.Attached> members(Network network) throws AttachException {
        return attacher(network).attached();
    }

    /**
     * As {@link BridgeAttacher#reconcile}, over all networks.
     *
     * @return the containers that were detached
     */
    public Set<String> reconcile(Set<String> liveContainerIds) throws IOException {
        Set<String> detached = new LinkedHashSet<>();
        for (BridgeAttacher attacher : attachers()) {
            detached.addAll(attacher.reconcile(liveContainerIds));
        }
        return detached;
    }

    /**
     * Takes back what is published for nobody; to be called once everyone's ports were taken over.
     *
     * @throws IOException if whoever publishes does not answer
     */
    public void forgetOtherPorts() throws IOException {
        ports.forgetOthers();
    }

    /** Takes all bridges and rules off the host; running containers lose their network. */
    public void removeAll() throws IOException {
        for (BridgeAttacher attacher : attachers()) {
            attacher.remove();
        }
        tables.removeAll();
        ports.forgetOthers();
    }

    /**
     * Takes those bridges off the host that no container hangs on; they are made anew when one
     * needs them.
     */
    public void removeUnused() throws IOException {
        first.removeIfUnused();
        for (Network each : list()) {
            // A node's part of a shared network may serve others though no container is in it.
            if (!each.isShared()) {
                attacher(each).removeIfUnused();
            }
        }
    }

    /** Bridges and leases stay. */
    @Override
    public synchronized void close() {
        attachers().forEach(BridgeAttacher::close);
        ports.close();
        nftables.close();
    }
}
