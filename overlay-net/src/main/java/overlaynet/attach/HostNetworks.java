package overlaynet.attach;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
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
import java.util.random.RandomGenerator;
import linux.socket.NetlinkSocket;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.HostNetwork;
import overlaynet.link.SharedNftables;
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
    private final BridgeAttacher first;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final List<String> warnings;
    /** By id; guarded by this. */
    private final Map<String, Made> made = new LinkedHashMap<>();

    private record Made(NetworkDefinition definition, BridgeAttacher attacher) {}

    private HostNetworks(NetworkFolders folders, BridgeSettings firstSettings, Path firstFolder,
            HostPorts hostPorts, RandomGenerator random, InstantSource clock) throws IOException {
        this.ports = new PortReservations(hostPorts);
        this.folders = folders;
        this.firstSettings = firstSettings;
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
                BridgeSettings.forRunFolder(run), data.resolve("network"), ports, random, clock);
    }

    private BridgeAttacher open(NetworkDefinition definition) throws IOException {
        BridgeSettings bridge = new BridgeSettings(definition.linkName(),
                BridgeSettings.tableNameOf(definition.id()), Optional.of(definition.subnet()),
                Optional.of(definition.gateway()),
                definition.ipv6().map(ipv6 -> new Bridge.Ipv6(ipv6.subnet(), ipv6.gateway())),
                definition.internal(), definition.mtuBytes());
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
        if (!removed.attacher.addresses().isEmpty()) {
            throw new AttachException(AttachException.Kind.NETWORK_IN_USE, "network "
                    + network.name() + " is in use by " + removed.attacher.addresses().size()
                    + " container(s)");
        }
        removed.attacher.remove();
        folders.remove(network.id());
        removed.attacher.close();
        made.remove(network.id());
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
        ports.forgetOthers();
    }

    /**
     * Takes those bridges off the host that no container hangs on; they are made anew when one
     * needs them.
     */
    public void removeUnused() throws IOException {
        for (BridgeAttacher attacher : attachers()) {
            attacher.removeIfUnused();
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
