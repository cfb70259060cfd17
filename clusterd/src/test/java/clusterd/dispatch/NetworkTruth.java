package clusterd.dispatch;

import clusterd.model.Block;
import clusterd.model.EndpointPort;
import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.NetworkUse;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.ServiceEndpoint;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.network.NetworkLayout;
import clusterd.state.ClusterState;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import linux.netlink.NftablesMessages.Element;
import linux.netlink.RouteInfo;
import linux.netlink.RouteMessages;
import linux.netlink.VxlanInfo;
import overlaynet.balance.Ring;
import overlaynet.ipam.Subnet;
import overlaynet.link.BridgeSettings;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.mesh.Tables;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import overlaynet.policy.Policy;
import overlaynet.policy.Rule;
import overlaynet.policy.Selector;

/** What must be so of every node's tables, as the cluster's state alone says: a second opinion, and no delta had a part in it. */
final class NetworkTruth {
    private static final int ADDRESS_BYTES = 4;

    private final ClusterState state;
    private final List<String> problems = new ArrayList<>();

    private NetworkTruth(ClusterState state) {
        this.state = state;
    }

    /** What of the state itself cannot be: a number, name, subnet, part or address that two have. */
    static List<String> ofState(ClusterState state) {
        NetworkTruth truth = new NetworkTruth(state);
        Set<Integer> numbers = new HashSet<>();
        List<Subnet> subnets = new ArrayList<>();
        Set<String> addresses = new HashSet<>();
        for (Network network : state.networking().all()) {
            NetworkLayout layout = NetworkLayout.of(network);
            truth.hold(numbers.add(network.number()), "two networks have number " + network.number());
            for (Subnet each : layout.subnets()) {
                truth.hold(subnets.stream().noneMatch(each::overlaps), each + " overlaps another network's subnet");
                subnets.add(each);
            }
            Set<Integer> places = new HashSet<>();
            for (Block each : state.networking().blocks(network.id())) {
                truth.hold(places.add(each.place()) && each.place() < layout.blocks(), "two hold " + each);
                truth.hold(state.node(each.node()).isPresent(), "a node that is gone holds " + each);
            }
            Set<Integer> virtuals = new HashSet<>();
            state.networking().virtuals(network.id()).forEach(each -> {
                truth.hold(virtuals.add(each.place()) && each.place() < layout.virtuals(), "two have " + each);
                truth.hold(state.service(each.service()).filter(its -> !its.removed()).isPresent(), "a service that is gone has " + each);
            });
        }
        for (Task task : state.tasks()) {
            if (task.holdsNode() && task.status().state().ordinal() >= TaskState.STARTING.ordinal()) {
                task.status().addresses().forEach(each -> {
                    truth.hold(addresses.add(each.network() + " " + each.address()), "two tasks have " + each + ": " + task.id());
                    truth.hold(state.networking().find(each.network()).isPresent(), task.id() + " is in a network that is gone");
                });
            }
        }
        return truth.problems;
    }

    /** What is not as it should be on nodes, all of which are in reach. */
    static List<String> ofNodes(ClusterState state, Collection<SimulatedNode> nodes) {
        NetworkTruth truth = new NetworkTruth(state);
        Map<String, NodeId> owners = new HashMap<>();
        for (SimulatedNode node : nodes) {
            node.containers().forEach(each -> {
                NodeId other = owners.put(each.network() + " " + each.address(), node.id());
                truth.hold(other == null, each + " is had on " + other + " and " + node.id());
            });
            truth.check(node);
        }
        return truth.problems;
    }

    private void hold(boolean so, String otherwise) {
        if (!so) {
            problems.add(otherwise);
        }
    }

    private void same(Object expected, Object there, String what) {
        if (!expected.equals(there)) {
            problems.add(what + ": expected " + expected + ", there is " + there);
        }
    }

    private List<Network> here(SimulatedNode node) {
        return state.networking().all().stream().filter(each -> state.networking().block(each.id(), node.id()).isPresent()).toList();
    }

    private void check(SimulatedNode node) {
        List<Network> here = here(node);
        List<Network> routed = here.stream().filter(NetworkTruth::isRouted).toList();
        same(here.stream().filter(each -> !isRouted(each)).map(each -> Mesh.linkName(each.number())).collect(Collectors.toSet()),
                node.kernel().links(), node.id() + " has links");
        same(here.stream().map(each -> BridgeSettings.linkNameOf(each.id().value())).collect(Collectors.toCollection(TreeSet::new)),
                node.kernel().bridges(), node.id() + " has bridges");
        here.stream().filter(each -> !isRouted(each)).forEach(each -> checkTunnel(each, node));
        checkRoutes(routed, node);
        checkPolicies(here, node);
        checkBalance(here, node);
        for (Network each : state.networking().all()) {
            checkNames(each, here.contains(each), node);
        }
    }

    private static boolean isRouted(Network network) {
        return network.spec().backend() == NetworkSpec.Backend.HOST_GATEWAY;
    }

    private List<Subnet> block(Network network, NodeId node) {
        return NetworkLayout.of(network).block(state.networking().block(network.id(), node).orElseThrow().place());
    }

    /** Other nodes that have a part of a network. */
    private List<Peer> peers(Network network, SimulatedNode node) {
        return state.networking().blocks(network.id()).stream().map(Block::node).filter(each -> !each.equals(node.id()))
                .map(each -> state.node(each).orElseThrow()).filter(each -> !each.description().underlay().isEmpty())
                .map(each -> new Peer(each.id().value(), Subnet.literal(each.description().underlay()), block(network, each.id())))
                .toList();
    }

    private void checkTunnel(Network network, SimulatedNode node) {
        String where = node.id() + ", network " + network.spec().name() + ", ";
        Tables there = node.kernel().tables(Mesh.linkName(network.number()));
        if (there.link().isEmpty()) {
            return; // said already
        }
        LinkInfo link = there.link().get();
        hold(link.up() && link.mtuBytes() == SimulatedOverlay.MTU_BYTES - Mesh.aroundBytes(false, false)
                || link.up() && link.mtuBytes() == SimulatedOverlay.MTU_BYTES, where + "the link is " + link);
        same(Optional.of(new VxlanInfo(network.number(), Optional.of(InetAddress.ofLiteral(node.underlay())), Overlay.PORT)),
                there.vxlan(), where + "tunnel");
        same(Optional.of(new Peer(node.id().value(), InetAddress.ofLiteral(node.underlay()), List.of()).tunnel(network.number())),
                link.address(), where + "the tunnel's end");
        Map<HardwareAddress, InetAddress> forwarding = new HashMap<>();
        Map<InetAddress, HardwareAddress> neighbours = new HashMap<>();
        Map<Subnet, InetAddress> routes = new HashMap<>();
        for (Peer each : peers(network, node)) {
            forwarding.put(each.tunnel(network.number()), each.underlay());
            each.blocks().forEach(block -> {
                InetAddress gateway = block.at(block.firstHostOffset());
                neighbours.put(gateway, each.tunnel(network.number()));
                routes.put(block, gateway);
            });
        }
        same(forwarding, there.forwarding().stream().collect(Collectors.toMap(each -> each.hardware().orElseThrow(),
                each -> each.address().orElseThrow())), where + "forwarding");
        same(neighbours, there.neighbours().stream().collect(Collectors.toMap(each -> each.address().orElseThrow(),
                each -> each.hardware().orElseThrow())), where + "neighbours");
        same(routes, there.routes().stream().collect(Collectors.toMap(each -> new Subnet(each.destination().orElseThrow(),
                each.prefixLength()), each -> each.gateway().orElseThrow())), where + "routes");
    }

    private void checkRoutes(List<Network> routed, SimulatedNode node) {
        Set<String> expected = new TreeSet<>();
        for (Network network : routed) {
            network.subnets().forEach(each -> expected.add(each + " nowhere"));
            peers(network, node).forEach(each -> expected.add(each.blocks().getFirst() + " " + each.underlay().getHostAddress()));
        }
        Set<String> there = new TreeSet<>();
        for (RouteInfo each : node.kernel().routes()) {
            there.add(new Subnet(each.destination().orElseThrow(), each.prefixLength()) + (each.type() == RouteMessages.UNREACHABLE
                    ? " nowhere" : " " + each.gateway().orElseThrow().getHostAddress()));
        }
        same(expected, there, node.id() + " has plain routes");
    }

    // Services.

    private List<Service> services(NetworkId network) {
        return state.services().stream().filter(each -> !each.removed() && each.spec().task().networks().stream()
                .anyMatch(use -> use.network().equals(network))).toList();
    }

    /** Addresses of a service's tasks in a network, of a family: of all that run, or of those that take connections. */
    private Set<InetAddress> addresses(Service service, NetworkId network, boolean takes, boolean ipv4) {
        Set<InetAddress> addresses = new HashSet<>();
        state.tasksOf(service.id()).filter(task -> takes ? takesConnections(task) : task.status().state() == TaskState.RUNNING
                || task.status().state() == TaskState.STARTING).forEach(task -> task.status().addresses().stream()
                        .filter(each -> each.network().equals(network)).map(each -> InetAddress.ofLiteral(each.address()))
                        .filter(each -> (each.getAddress().length == ADDRESS_BYTES) == ipv4).forEach(addresses::add));
        return addresses;
    }

    private boolean takesConnections(Task task) {
        Node node = task.node().flatMap(state::node).orElse(null);
        return task.status().state() == TaskState.RUNNING && task.desire().isAlive() && node != null
                && node.status().state() != NodeStatus.State.DOWN;
    }

    private List<InetAddress> virtual(Service service, Network network) {
        return state.networking().virtual(network.id(), service.id()).map(each -> NetworkLayout.of(network).virtual(each.place()))
                .orElse(List.of());
    }

    /** What a connection from a node goes to. */
    private Set<InetAddress> endpoints(Service service, Network network, SimulatedNode node, boolean ipv4) {
        Set<InetAddress> all = addresses(service, network.id(), true, ipv4);
        Set<InetAddress> near = new HashSet<>(all);
        near.removeIf(each -> block(network, node.id()).stream().noneMatch(part -> part.contains(each)));
        return service.spec().reached().preferLocal() && !near.isEmpty() ? near : all;
    }

    private void checkBalance(List<Network> here, SimulatedNode node) {
        Map<String, String> expected = new TreeMap<>();
        for (Network network : here) {
            for (Service service : services(network.id())) {
                for (InetAddress each : virtual(service, network)) {
                    expected.put(each.getHostAddress(), leads(service, endpoints(service, network, node,
                            each.getAddress().length == ADDRESS_BYTES)));
                }
                boolean publishes = service.spec().task().networks().stream().map(NetworkUse::network).filter(each ->
                        state.networking().find(each).filter(its -> !its.spec().internal()).isPresent()).findFirst()
                        .equals(Optional.of(network.id()));
                for (EndpointPort port : publishes ? service.spec().reached().ports() : List.<EndpointPort>of()) {
                    for (boolean ipv4 : new boolean[] {true, false}) {
                        Set<InetAddress> its = endpoints(service, network, node, ipv4);
                        if (ipv4 || !its.isEmpty()) {
                            expected.put((ipv4 ? "4 " : "6 ") + port.protocol() + " " + port.published(), leads(service, its) + " port "
                                    + (its.isEmpty() ? 0 : port.target()));
                        }
                    }
                }
            }
        }
        same(expected, new Led(node.kernel().elements()).all(), node.id() + " leads");
    }

    private static String leads(Service service, Set<InetAddress> endpoints) {
        return (endpoints.isEmpty() ? "NOBODY" : service.spec().reached().choice() == ServiceEndpoint.Choice.SOURCE ? "SOURCE"
                : service.spec().reached().choice() + " of " + endpoints.size()) + " " + sorted(endpoints);
    }

    private static Set<String> sorted(Collection<InetAddress> addresses) {
        return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The maps of a node's kernel, read as a packet is led by them. */
    private static final class Led {
        private static final int NUMBER_BYTES = 4;
        private final Map<String, List<Element>> maps;
        /** Of each map what belongs together: its number is the last of a key. */
        private final Map<String, List<Element>> numbered = new HashMap<>();

        Led(Map<String, List<Element>> maps) {
            this.maps = maps;
            maps.forEach((map, elements) -> elements.stream().filter(each -> each.key().length > NUMBER_BYTES).forEach(each ->
                    numbered.computeIfAbsent(place(map, Arrays.copyOf(each.key(), each.key().length - NUMBER_BYTES)),
                            key -> new ArrayList<>()).add(each)));
        }

        private static String place(String map, byte[] of) {
            return map + " " + HexFormat.of().formatHex(of);
        }

        Map<String, String> all() {
            Map<String, String> all = new TreeMap<>();
            for (String family : List.of("4", "6")) {
                int bytes = family.equals("4") ? ADDRESS_BYTES : 4 * ADDRESS_BYTES;
                for (Element each : of("addresses" + family)) {
                    all.put(address(each.key(), 0, bytes).getHostAddress(), led(chain(each, "any"), "any" + family, each.key(), bytes)
                            .says());
                }
                for (Element each : of("published" + family)) {
                    String protocol = each.key()[0] == 17 ? "udp" : "tcp";
                    byte[] port = Arrays.copyOfRange(each.key(), ADDRESS_BYTES, 2 * ADDRESS_BYTES);
                    Way way = led(chain(each, "published"), "published" + protocol + family, port, bytes);
                    all.put(family + " " + protocol + " " + number(port, 0), way.says() + " port " + way.port());
                }
                hold(of("services" + family).isEmpty(), "nobody asked for ports of addresses");
            }
            long rows = maps.entrySet().stream().filter(each -> each.getKey().startsWith("any") || each.getKey().matches(
                    "published[a-z]+[46]")).mapToLong(each -> each.getValue().size()).sum();
            long led = all.values().stream().mapToLong(each -> each.startsWith("SOURCE") ? Ring.SLOTS : each.startsWith("NOBODY") ? 0
                    : Integer.parseInt(each.split(" ")[2])).sum();
            hold(rows == led, rows + " endpoints are there, and " + led + " are led to");
            return all;
        }

        private static void hold(boolean so, String otherwise) {
            if (!so) {
                throw new IllegalStateException(otherwise);
            }
        }

        private List<Element> of(String map) {
            return maps.getOrDefault(map, List.of());
        }

        private static String chain(Element leading, String kind) {
            String chain = new String(leading.value(), StandardCharsets.US_ASCII);
            hold(chain.equals("refuse") || chain.startsWith(kind), chain);
            return chain;
        }

        /** A chain's choice, and what its numbers lead to. */
        private record Way(String chain, Set<String> addresses, Set<Integer> ports) {
            String says() {
                String choice = chain.equals("refuse") ? "NOBODY" : chain.contains("ring") ? "SOURCE"
                        : (chain.contains("turn") ? "IN_TURN" : "RANDOM") + " of " + chain.substring(chain.indexOf('_') + 1);
                return choice + " " + addresses;
            }

            int port() {
                return ports.size() > 1 ? -1 : ports.stream().findFirst().orElse(0);
            }
        }

        private Way led(String chain, String map, byte[] of, int addressBytes) {
            Set<Integer> ports = new TreeSet<>();
            Set<InetAddress> found = new HashSet<>();
            for (Element each : numbered.getOrDefault(place(map, of), List.of())) {
                found.add(address(each.value(), 0, addressBytes));
                if (each.value().length > addressBytes) {
                    ports.add(number(each.value(), addressBytes));
                }
            }
            return new Way(chain, sorted(found), ports);
        }

        private static InetAddress address(byte[] bytes, int from, int length) {
            try {
                return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + length));
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private static int number(byte[] bytes, int from) {
            return (bytes[from] & 0xff) << 8 | bytes[from + 1] & 0xff;
        }
    }

    // Policies and names.

    private void checkPolicies(List<Network> here, SimulatedNode node) {
        Map<String, Map<String, Set<String>>> expected = new TreeMap<>();
        for (Network network : here) {
            Policy policy = Policy.of(network.spec().closed(), network.spec().rules());
            if (!policy.isOpen()) {
                expected.put(SimulatedOverlay.POLICY + BridgeSettings.linkNameOf(network.id().value()), sets(network, policy));
            }
        }
        same(expected, node.kernel().policies(), node.id() + " has policies");
    }

    private Map<String, Set<String>> sets(Network network, Policy policy) {
        List<Selector> selectors = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            for (Selector each : List.of(rule.from(), rule.to())) {
                if (!(each instanceof Selector.Anyone) && !selectors.contains(each)) {
                    selectors.add(each);
                }
            }
        }
        Map<String, Set<String>> sets = new TreeMap<>();
        for (boolean ipv4 : network.subnets().size() > 1 ? List.of(true, false) : List.of(true)) {
            String family = ipv4 ? "4" : "6";
            sets.put("nodes" + family, sorted(state.networking().blocks(network.id()).stream().filter(each ->
                    state.node(each.node()).filter(its -> !its.description().underlay().isEmpty()).isPresent()).flatMap(each ->
                    block(network, each.node()).stream()).filter(each -> each.ipv4() == ipv4).map(each -> each.at(1)).toList()));
            for (int i = 0; i < selectors.size(); i++) {
                Selector selector = selectors.get(i);
                sets.put("some" + i + "_" + family, sorted(services(network.id()).stream().filter(each ->
                        selector.accepts(each.spec().name(), each.spec().labels())).flatMap(each ->
                                addresses(each, network.id(), false, ipv4).stream()).toList()));
            }
        }
        return sets;
    }

    private void checkNames(Network network, boolean here, SimulatedNode node) {
        Optional<NetworkNames> names = node.names(network.id());
        same(here, names.isPresent(), node.id() + " answers for names in " + network.spec().name());
        if (!here || names.isEmpty()) {
            return;
        }
        for (Service service : state.services()) {
            boolean in = services(network.id()).contains(service);
            Set<InetAddress> ready = new HashSet<>();
            List<InetAddress> virtual = in ? virtual(service, network) : List.of();
            if (in) {
                ready.addAll(addresses(service, network.id(), true, true));
                ready.addAll(addresses(service, network.id(), true, false));
            }
            String name = service.spec().name();
            same(sorted(virtual.isEmpty() ? ready : virtual), sorted(names.get().addresses(name).orElse(List.of())),
                    node.id() + " says of " + name + " in " + network.spec().name());
            same(sorted(ready), sorted(names.get().addresses("tasks." + name).orElse(List.of())),
                    node.id() + " says of tasks." + name + " in " + network.spec().name());
        }
        hold(Objects.equals(names.get().addresses("nobody"), Optional.empty()), "nobody has an address");
    }
}
