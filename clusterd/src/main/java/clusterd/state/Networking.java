package clusterd.state;

import clusterd.model.Block;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NodeId;
import clusterd.model.ServiceId;
import clusterd.model.VirtualAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import overlaynet.mesh.Mesh;

/** The networks that nodes share, and who has which part of them: a value, as the state it is of. */
public final class Networking {
    /** Of an id, that say the number to begin with. */
    private static final int NUMBER_DIGITS = 4;
    /** Of a cluster without such networks. */
    static final Networking EMPTY = new Networking(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(),
            TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    private final PSortedMap<NetworkId, Network> networks;
    private final PSortedMap<NetworkId, PSortedMap<NodeId, Block>> blocks;
    private final PSortedMap<NetworkId, PSortedMap<Integer, NodeId>> holders;
    private final PSortedMap<NetworkId, PSortedMap<Integer, ServiceId>> virtuals;
    private final PSortedMap<NetworkId, PSortedMap<ServiceId, Integer>> places;
    private final PSortedMap<NetworkId, Integer> lastVirtuals;

    private Networking(PSortedMap<NetworkId, Network> networks, PSortedMap<NetworkId, PSortedMap<NodeId, Block>> blocks,
            PSortedMap<NetworkId, PSortedMap<Integer, NodeId>> holders,
            PSortedMap<NetworkId, PSortedMap<Integer, ServiceId>> virtuals,
            PSortedMap<NetworkId, PSortedMap<ServiceId, Integer>> places,
            PSortedMap<NetworkId, Integer> lastVirtuals) {
        this.networks = networks;
        this.blocks = blocks;
        this.holders = holders;
        this.virtuals = virtuals;
        this.places = places;
        this.lastVirtuals = lastVirtuals;
    }

    /** All networks, by id. */
    public Collection<Network> all() {
        return networks.values();
    }

    /** The one of that id. */
    public Optional<Network> find(NetworkId id) {
        return Optional.ofNullable(networks.get(id));
    }

    /** The one of that name. */
    public Optional<Network> find(String name) {
        return networks.values().stream().filter(each -> each.spec().name().equals(name)).findFirst();
    }

    /** The parts of a network that nodes hold, by node. */
    public Collection<Block> blocks(NetworkId network) {
        PSortedMap<NodeId, Block> its = blocks.get(network);
        return its == null ? TreePMap.<NodeId, Block>empty().values() : its.values();
    }

    /** A node's part of a network. */
    public Optional<Block> block(NetworkId network, NodeId node) {
        PSortedMap<NodeId, Block> its = blocks.get(network);
        return its == null ? Optional.empty() : Optional.ofNullable(its.get(node));
    }

    /** All parts a node holds. */
    public Stream<Block> blocks(NodeId node) {
        return blocks.values().stream().flatMap(its -> Stream.ofNullable(its.get(node)));
    }

    /** A service's address in a network. */
    public Optional<VirtualAddress> virtual(NetworkId network, ServiceId service) {
        PSortedMap<ServiceId, Integer> its = places.get(network);
        return its == null ? Optional.empty() : Optional.ofNullable(its.get(service))
                .map(place -> new VirtualAddress(network, service, place));
    }

    /** All services' addresses in a network, in their order. */
    public Stream<VirtualAddress> virtuals(NetworkId network) {
        PSortedMap<Integer, ServiceId> its = virtuals.get(network);
        return its == null ? Stream.empty() : its.entrySet().stream()
                .map(each -> new VirtualAddress(network, each.getValue(), each.getKey()));
    }

    /** Which address of each network was given last, whoever has it now. */
    Stream<Part.OfLastVirtual> lastVirtuals() {
        return lastVirtuals.entrySet().stream().map(each -> new Part.OfLastVirtual(each.getKey(), each.getValue()));
    }

    /** The first place that nobody holds. */
    OptionalInt freeBlock(NetworkId network, int places) {
        return free(holders.get(network), 0, places);
    }

    /** A place that no service has: after the one that was given last, so that an old address is not soon another's. */
    OptionalInt freeVirtual(NetworkId network, int places) {
        return free(virtuals.get(network), lastVirtuals.getOrDefault(network, -1) + 1, places);
    }

    private static OptionalInt free(PSortedMap<Integer, ?> taken, int from, int places) {
        for (int i = 0; i < places; i++) {
            int place = (from + i) % places;
            if (taken == null || !taken.containsKey(place)) {
                return OptionalInt.of(place);
            }
        }
        return OptionalInt.empty();
    }

    /** A number no network has: by its id, so that it is not soon another's, nor that of another cluster. */
    int freeNumber(NetworkId id) {
        return freeNumber(id, Set.of());
    }

    /** The same for an encrypted network, whose port no other encrypted one has; empty if each port is one's. */
    OptionalInt freeEncryptedNumber(NetworkId id) {
        Set<Integer> ports = networks.values().stream().filter(each -> each.spec().encrypted())
                .map(each -> Mesh.encryptedPort(each.number())).collect(Collectors.toSet());
        return ports.size() >= Mesh.ENCRYPTED_PORTS ? OptionalInt.empty() : OptionalInt.of(freeNumber(id, ports));
    }

    /**
     * The moment to tell nodes to make new keys at: later than that of any network, whatever managers' clocks say, since
     * a node has one key for all of them.
     */
    public long keysMillis(long nowMillis) {
        return networks.values().stream().mapToLong(each -> each.keysMillis() + 1).reduce(nowMillis, Math::max);
    }

    private int freeNumber(NetworkId id, Set<Integer> ports) {
        int offset = Integer.parseInt(id.value().substring(0, NUMBER_DIGITS), 16);
        while (isTaken(Network.FIRST_NUMBER + offset)
                || ports.contains(Mesh.encryptedPort(Network.FIRST_NUMBER + offset))) {
            offset = (offset + 1) % Network.NUMBERS;
        }
        return Network.FIRST_NUMBER + offset;
    }

    private boolean isTaken(int number) {
        return networks.values().stream().anyMatch(each -> each.number() == number);
    }

    Networking with(Network network) {
        return new Networking(networks.plus(network.id(), network), blocks, holders, virtuals, places,
                lastVirtuals);
    }

    Networking without(NetworkId network) {
        return new Networking(networks.minus(network), blocks.minus(network), holders.minus(network),
                virtuals.minus(network), places.minus(network), lastVirtuals.minus(network));
    }

    Networking with(Block block) {
        return new Networking(networks, plus(blocks, block.network(), block.node(), block),
                plus(holders, block.network(), block.place(), block.node()), virtuals, places, lastVirtuals);
    }

    Networking without(Block block) {
        return new Networking(networks, minus(blocks, block.network(), block.node()),
                minus(holders, block.network(), block.place()), virtuals, places, lastVirtuals);
    }

    Networking with(VirtualAddress address) {
        return new Networking(networks, blocks, holders,
                plus(virtuals, address.network(), address.place(), address.service()),
                plus(places, address.network(), address.service(), address.place()),
                lastVirtuals.plus(address.network(), address.place()));
    }

    Networking without(VirtualAddress address) {
        return new Networking(networks, blocks, holders, minus(virtuals, address.network(), address.place()),
                minus(places, address.network(), address.service()), lastVirtuals);
    }

    Networking with(Part.OfLastVirtual last) {
        return new Networking(networks, blocks, holders, virtuals, places,
                lastVirtuals.plus(last.network(), last.place()));
    }

    private static <K extends Comparable<K>, V> PSortedMap<NetworkId, PSortedMap<K, V>> plus(
            PSortedMap<NetworkId, PSortedMap<K, V>> map, NetworkId network, K key, V value) {
        return map.plus(network, map.getOrDefault(network, TreePMap.empty()).plus(key, value));
    }

    private static <K extends Comparable<K>, V> PSortedMap<NetworkId, PSortedMap<K, V>> minus(
            PSortedMap<NetworkId, PSortedMap<K, V>> map, NetworkId network, K key) {
        PSortedMap<K, V> its = map.get(network);
        if (its == null) {
            return map;
        }
        PSortedMap<K, V> rest = its.minus(key);
        return rest.isEmpty() ? map.minus(network) : map.plus(network, rest);
    }
}
