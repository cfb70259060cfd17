package clusterd.dispatch;

import clusterd.explain.Names;
import clusterd.model.Block;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkUse;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.Task;
import clusterd.model.TaskAddress;
import clusterd.model.TaskState;
import clusterd.model.VirtualAddress;
import clusterd.session.NetworkDelta;
import clusterd.session.NetworkPeer;
import clusterd.session.NetworkShare;
import clusterd.session.ServiceShare;
import clusterd.session.TaskShare;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import clusterd.state.Networking;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.TunnelSecret;
import overlaynet.policy.Policy;

/** What nodes have not been told yet of networks: gathered from changes, made into a message for each node. */
final class NetworkNews {
    /** A service in one of its networks. */
    private record Place(NetworkId network, ServiceId service) {
    }

    private final Set<NetworkId> networks = new LinkedHashSet<>();
    private final Set<Place> places = new LinkedHashSet<>();
    private final Map<NodeId, Set<NetworkId>> joined = new HashMap<>();
    /** Networks whose rules may ask for other labels of services. */
    private final Set<NetworkId> ruled = new HashSet<>();

    boolean isEmpty() {
        return networks.isEmpty() && places.isEmpty();
    }

    /** Something has changed. */
    void note(Change change) {
        switch (change) {
            case Change.NetworkChange each -> {
                networks.add(each.latest().id());
                boolean others = each.before().isPresent() && each.after().isPresent()
                        && !each.before().get().spec().rules().equals(each.after().get().spec().rules());
                if (others) {
                    ruled.add(each.latest().id());
                }
            }
            case Change.BlockChange each -> {
                networks.add(each.latest().network());
                if (each.before().isEmpty()) {
                    joined.computeIfAbsent(each.latest().node(), key -> new HashSet<>())
                            .add(each.latest().network());
                }
            }
            case Change.VirtualAddressChange each ->
                    places.add(new Place(each.latest().network(), each.latest().service()));
            case Change.ServiceChange each -> {
                each.before().ifPresent(this::note);
                each.after().ifPresent(this::note);
            }
            case Change.TaskChange each -> {
                Reached before = each.before().map(Reached::of).orElse(Reached.NOT);
                Reached after = each.after().map(Reached::of).orElse(Reached.NOT);
                if (!before.equals(after)) {
                    Stream.concat(before.addresses.stream(), after.addresses.stream()).forEach(address ->
                            places.add(new Place(address.network(), each.latest().service())));
                }
            }
            default -> { /* says nothing of networks */ }
        }
    }

    private void note(Service service) {
        service.spec().task().networks().forEach(use -> places.add(new Place(use.network(), service.id())));
    }

    /** A node is reached at another address, or has another key. */
    void moved(NodeId node, ClusterState state) {
        state.networking().blocks(node).forEach(each -> networks.add(each.network()));
    }

    /** A node is lost or back: new connections go elsewhere, or to its tasks again. */
    void turned(NodeId node, ClusterState state) {
        state.tasksOf(node).forEach(task -> task.status().addresses().forEach(address ->
                places.add(new Place(address.network(), task.service()))));
    }

    /** Whether a node was lost, or is back. */
    static boolean isTurned(Change.NodeChange change) {
        return change.before().map(NetworkNews::isDown).orElse(false)
                != change.after().map(NetworkNews::isDown).orElse(false);
    }

    private static boolean isDown(Node node) {
        return node.status().state() == NodeStatus.State.DOWN;
    }

    /** Whether tunnels are to lead elsewhere, or their ends are known by other keys. */
    static boolean isMoved(Change.NodeChange change) {
        return !change.before().map(NetworkNews::underlay).equals(change.after().map(NetworkNews::underlay))
                || !change.before().map(NetworkNews::key).equals(change.after().map(NetworkNews::key));
    }

    /** As the node says it; nobody else is told what is no key. */
    private static String key(Node node) {
        String key = node.description().tunnelKey();
        return TunnelSecret.isPublicText(key) ? key : "";
    }

    /** As the node says it; nobody else is told what is no address. */
    private static String underlay(Node node) {
        try {
            return node.description().underlay().isEmpty() ? ""
                    : Subnet.literal(node.description().underlay()).getHostAddress();
        } catch (IllegalArgumentException noAddress) {
            return "";
        }
    }

    /** Where a task has connections, from when it begins; those of others as long as it is ready, and shall go on. */
    private record Reached(List<TaskAddress> addresses, boolean leaving) {
        static final Reached NOT = new Reached(List.of(), false);

        static Reached of(Task task) {
            boolean takes = task.status().state() == TaskState.RUNNING && task.desire().isAlive();
            boolean talks = task.status().state() == TaskState.RUNNING || task.status().state() == TaskState.STARTING;
            return talks && !task.status().addresses().isEmpty() ? new Reached(task.status().addresses(), !takes) : NOT;
        }

        List<String> in(NetworkId network) {
            return addresses.stream().filter(each -> each.network().equals(network)).map(TaskAddress::address).toList();
        }
    }

    /** All there is to know for a node. */
    static NetworkDelta whole(NodeId node, ClusterState state) {
        Networking networking = state.networking();
        List<NetworkShare> shares = new ArrayList<>();
        List<ServiceShare> services = new ArrayList<>();
        for (Network each : networking.all()) {
            boolean its = networking.block(each.id(), node).isPresent();
            shares.add(its ? share(each, state) : new NetworkShare(each, List.of()));
            if (its) {
                Optional<Set<String>> keys = labelKeys(each.id(), state);
                servicesOf(each.id(), state).forEach(service -> services.add(share(each.id(), service, state, keys)));
            }
        }
        return new NetworkDelta(true, shares, List.of(), services, List.of());
    }

    private static Stream<Service> servicesOf(NetworkId network, ClusterState state) {
        return state.services().stream().filter(service -> !service.removed() && isIn(service, network));
    }

    private static boolean isIn(Service service, NetworkId network) {
        return service.spec().task().networks().stream().anyMatch(use -> use.network().equals(network));
    }

    private static NetworkShare share(Network network, ClusterState state) {
        List<NetworkPeer> holders = new ArrayList<>();
        for (Block each : state.networking().blocks(network.id())) {
            Optional<Node> node = state.node(each.node());
            holders.add(new NetworkPeer(each.node(), node.map(NetworkNews::underlay).orElse(""), each.place(),
                    network.spec().encrypted() ? node.map(NetworkNews::key).orElse("") : ""));
        }
        return new NetworkShare(network, holders);
    }

    private static ServiceShare share(NetworkId network, Service service, ClusterState state,
            Optional<Set<String>> keys) {
        List<String> aliases = service.spec().task().networks().stream().filter(use -> use.network().equals(network))
                .flatMap(use -> use.aliases().stream()).toList();
        OptionalInt virtual = state.networking().virtual(network, service.id()).map(VirtualAddress::place)
                .map(OptionalInt::of).orElse(OptionalInt.empty());
        List<TaskShare> tasks = new ArrayList<>();
        state.tasksOf(service.id()).forEach(task -> {
            Reached reached = Reached.of(task);
            List<String> addresses = reached.in(network);
            if (!addresses.isEmpty()) {
                boolean lost = task.node().flatMap(state::node).filter(NetworkNews::isDown).isPresent();
                tasks.add(new TaskShare(task.id(), Names.of(task, state)
                        .substring(service.spec().name().length() + 1), task.node().orElseThrow(), addresses,
                        reached.leaving() || lost, lost));
            }
        });
        return new ServiceShare(network, service.id(), service.spec().name(), aliases, virtual,
                service.spec().reached().choice(), tasks, publishes(service, network, state)
                        ? service.spec().reached().ports() : List.of(), service.spec().reached().named(),
                labels(service, keys), service.spec().reached().preferLocal());
    }

    /** Keys of labels that a network's rules ask for; empty = any may be, since a newer manager's rules are not understood. */
    private static Optional<Set<String>> labelKeys(NetworkId network, ClusterState state) {
        List<String> rules = state.networking().find(network).map(each -> each.spec().rules()).orElse(List.of());
        try {
            return Optional.of(Policy.of(false, rules).labelKeys());
        } catch (IllegalArgumentException newer) {
            return Optional.empty();
        }
    }

    private static SortedMap<String, String> labels(Service service, Optional<Set<String>> keys) {
        SortedMap<String, String> labels = new TreeMap<>(service.spec().labels());
        keys.ifPresent(labels.keySet()::retainAll);
        return labels;
    }

    /** Ports lead through the first of its networks that has an outside. */
    private static boolean publishes(Service service, NetworkId network, ClusterState state) {
        return service.spec().task().networks().stream().map(NetworkUse::network).filter(each ->
                state.networking().find(each).filter(its -> !its.spec().internal()).isPresent()).findFirst()
                .filter(network::equals).isPresent();
    }

    /** What is to be said now, made once for all nodes; nothing is left afterwards. */
    Edition edition(ClusterState state) {
        ruled.forEach(each -> servicesOf(each, state).forEach(service -> places.add(new Place(each, service.id()))));
        ruled.clear();
        Edition edition = new Edition(state, new LinkedHashSet<>(networks), new LinkedHashSet<>(places),
                new HashMap<>(joined));
        networks.clear();
        places.clear();
        joined.clear();
        return edition;
    }

    /** What is to be said at one moment. */
    static final class Edition {
        private final ClusterState state;
        private final Set<NetworkId> networks;
        private final Set<Place> places;
        private final Map<NodeId, Set<NetworkId>> joined;
        private final Map<NetworkId, NetworkShare> shares = new HashMap<>();
        private final Map<Place, Optional<ServiceShare>> services = new HashMap<>();
        private final Map<NetworkId, Optional<Set<String>>> labelKeys = new HashMap<>();

        Edition(ClusterState state, Set<NetworkId> networks, Set<Place> places, Map<NodeId, Set<NetworkId>> joined) {
            this.state = state;
            this.networks = networks;
            this.places = places;
            this.joined = joined;
        }

        /** What concerns a node. */
        NetworkDelta of(NodeId node) {
            List<NetworkShare> changed = new ArrayList<>();
            List<NetworkId> gone = new ArrayList<>();
            for (NetworkId each : networks) {
                Network network = state.networking().find(each).orElse(null);
                if (network == null) {
                    gone.add(each);
                } else if (state.networking().block(each, node).isPresent()) {
                    changed.add(shares.computeIfAbsent(each, key -> share(network, state)));
                } else {
                    changed.add(new NetworkShare(network, List.of()));
                }
            }
            Map<Place, Optional<ServiceShare>> told = new LinkedHashMap<>();
            for (NetworkId each : joined.getOrDefault(node, Set.of())) {
                if (state.networking().block(each, node).isPresent()) {
                    servicesOf(each, state).forEach(service -> {
                        Place place = new Place(each, service.id());
                        told.put(place, look(place));
                    });
                }
            }
            for (Place each : places) {
                if (state.networking().block(each.network(), node).isPresent()) {
                    told.put(each, look(each));
                }
            }
            return new NetworkDelta(false, changed, gone, told.values().stream().flatMap(Optional::stream).toList(),
                    told.entrySet().stream().filter(each -> each.getValue().isEmpty()).map(each ->
                            new NetworkDelta.GoneService(each.getKey().network(), each.getKey().service())).toList());
        }

        private Optional<ServiceShare> look(Place place) {
            return services.computeIfAbsent(place, key -> state.service(key.service())
                    .filter(service -> !service.removed() && isIn(service, key.network()))
                    .map(service -> share(key.network(), service, state,
                            labelKeys.computeIfAbsent(key.network(), each -> labelKeys(each, state)))));
        }
    }
}
