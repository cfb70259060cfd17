package cli.command;

import clusterd.agent.NodeNetworks;
import clusterd.fabric.TrackedNetworks;
import clusterd.template.TaskNames;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import linux.netlink.NetlinkRequest;
import overlaynet.attach.AttachException;
import overlaynet.attach.AttachRequest;
import overlaynet.attach.HostNetworks;
import overlaynet.attach.HostPorts;
import overlaynet.link.Bridge;
import overlaynet.network.NetworkDefinition;
import overlaynet.network.NetworkWish;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;
import overlaynet.trace.Hop;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.container.Journal;
import runtime.metrics.MetricsSink;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.network.NetworkFlows;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.network.TraceHop;
import runtime.node.NodeFolders;
import runtime.plan.PlanInput;

/**
 * The host's bridges as containers see networks: the one place where the runtime and the network code,
 * which do not know each other, meet. A bridge is made when the first container needs it.
 */
final class BridgeNetworks implements ContainerNetwork, AutoCloseable {
    private static final long OBTAIN_MILLIS = 10_000;

    private final HostNetworks networks;
    private final NetworkResolvers resolvers;
    private final Overlay overlay;
    private final Journal journal;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private BridgeNetworks(HostNetworks networks, boolean fastPath, Journal journal) {
        this.networks = networks;
        this.overlay = new Overlay(networks, fastPath, journal::say);
        this.resolvers = new NetworkResolvers(networks, overlay, journal);
        this.journal = journal;
    }

    static BridgeNetworks open(NodeFolders folders, HostPorts ports, boolean fastPath, Journal journal)
            throws IOException {
        HostNetworks networks = HostNetworks.open(folders.data(), folders.run(), ports,
                new SecureRandom(), InstantSource.system());
        BridgeNetworks made = new BridgeNetworks(networks, fastPath, journal);
        made.tell(networks.warnings());
        return made;
    }

    /** What does not work is for the operator to see, once. */
    private void tell(List<String> warnings) {
        warnings.stream().filter(told::add).forEach(journal::say);
    }

    @Override
    public boolean attaches(ContainerOptions.Network options) throws ContainerException {
        if (!NetworkModes.attaches(options)) {
            return false;
        }
        for (NetworkChoice choice : options.choices()) {
            findAnywhere(choice.network());
        }
        return true;
    }

    private HostNetworks.Network find(String name) throws ContainerException {
        try {
            return networks.find(name);
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    /** The networks of a node's cluster, kept in that file. */
    NodeNetworks ofCluster(Path file) {
        return new TrackedNetworks(overlay, networks, file, journal);
    }

    /** One that may be the cluster's, which this node has no part of yet. */
    private HostNetworks.Network findAnywhere(String name) throws ContainerException {
        try {
            return networks.find(name);
        } catch (AttachException unknown) {
            try {
                if (unknown.kind() == AttachException.Kind.NETWORK_NOT_FOUND && overlay.obtain(name, OBTAIN_MILLIS)) {
                    return networks.find(name);
                }
                throw unknown;
            } catch (AttachException refused) {
                throw PlaceTranslation.refusal(refused);
            }
        }
    }

    /** Whether a container of these options finds others by name. */
    @Override
    public boolean hasNames(ContainerOptions.Network options) throws ContainerException {
        if (!NetworkModes.attaches(options)) {
            return false;
        }
        for (NetworkChoice choice : options.choices()) {
            if (find(choice.network()).hasNames()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws ContainerException, IOException {
        boolean done = false;
        try {
            Attachment attachment = reserveAll(request);
            done = true;
            return attachment;
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        } finally {
            if (!done) {
                release(request.containerId());
            }
        }
    }

    private Attachment reserveAll(PlaceRequest request) throws ContainerException, IOException {
        List<NetworkChoice> choices = request.options().choices();
        List<HostNetworks.Network> found = new ArrayList<>();
        for (NetworkChoice choice : choices) {
            HostNetworks.Network network = findAnywhere(choice.network());
            checkAttachable(network, request);
            found.add(network);
        }
        int way = 0;
        while (way < found.size() - 1 && found.get(way).internal()) {
            way++;
        }
        AttachedPlaces places = new AttachedPlaces();
        for (int number = 0; number < choices.size(); number++) {
            HostNetworks.Network network = found.get(number);
            overlaynet.attach.Attachment place = networks.attach(network.id(),
                    PlaceTranslation.request(request, choices.get(number), number,
                            number == way, PlanInput.Network.NAMESPACE_DESCRIPTOR));
            tell(place.warnings());
            if (network.hasNames()) {
                resolvers.update();
            }
            places.add(place, resolvers.serves(network));
            if (network.isShared()) {
                overlay.look();
            }
        }
        return places.attachment(request.containerId(), way);
    }

    /** Tasks are put into a network by whoever made their service; others join it if it is made for that. */
    private static void checkAttachable(HostNetworks.Network network, PlaceRequest request) throws ContainerException {
        boolean attachable = network.definition().flatMap(NetworkDefinition::shared)
                .map(NetworkDefinition.Shared::attachable).orElse(true);
        if (!attachable && !request.labels().containsKey(TaskNames.TASK_LABEL)) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION, "network " + network.name()
                    + " is for services' tasks: make one with --attachable for other containers");
        }
    }

    /** The places of one container, gathered. */
    private static final class AttachedPlaces {
        private final List<overlaynet.attach.Attachment> all = new ArrayList<>();
        private final List<String> resolvers = new ArrayList<>();

        void add(overlaynet.attach.Attachment place, boolean hasNames) {
            all.add(place);
            if (hasNames) {
                resolvers.add(place.bridge().gateway().getHostAddress());
            }
        }

        Attachment attachment(String containerId, int way) {
            List<String> addresses = new ArrayList<>();
            List<String> addresses6 = new ArrayList<>();
            List<NetlinkRequest> hostSide = new ArrayList<>();
            List<NetlinkRequest> containerSide = new ArrayList<>();
            List<String> warnings = new ArrayList<>();
            for (overlaynet.attach.Attachment place : all) {
                Bridge bridge = place.bridge();
                addresses.add(place.address().getHostAddress() + "/" + PlaceTranslation.prefix(bridge));
                place.lease().address6().ifPresent(address ->
                        addresses6.add(PlaceTranslation.text(address) + "/"
                                + bridge.ipv6().orElseThrow().subnet().prefixLength()));
                hostSide.addAll(place.hostSide());
                containerSide.addAll(place.containerSide());
                warnings.addAll(place.warnings());
            }
            addresses.addAll(addresses6);
            List<String> servers = resolvers.isEmpty()
                    ? all.getFirst().dnsServers().stream().map(InetAddress::getHostAddress).toList()
                    : List.of(resolvers.getFirst());
            return new Attachment(containerId, addresses,
                    all.get(way).bridge().gateway().getHostAddress(), servers,
                    !resolvers.isEmpty(), hostSide, containerSide, warnings);
        }
    }

    @Override
    public Attachment example(String containerId, ContainerOptions.Network options)
            throws ContainerException {
        List<ExampleNetwork.Place> places = new ArrayList<>();
        for (NetworkChoice choice : options.choices()) {
            places.add(new ExampleNetwork.Place(find(choice.network()), choice));
        }
        return ExampleNetwork.attachment(containerId, places);
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        return networks.places(containerId).stream().map(place ->
                PlaceTranslation.endpoint(place.network(), place.attached())).toList();
    }

    @Override
    public void release(String containerId) throws IOException {
        networks.detach(containerId).whenComplete((done, failed) -> {
            if (failed != null) {
                journal.say("the link of container " + containerId + " was not removed: "
                        + failed.getMessage());
            }
        });
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) throws IOException {
        List<String> said = new ArrayList<>();
        for (String id : networks.reconcile(aliveIds)) {
            said.add("gave back the address of container " + id + ", which does not run");
        }
        try {
            networks.forgetOtherPorts();
        } catch (IOException silent) {
            said.add("ports that no container has may still be published: " + silent.getMessage());
        }
        resolvers.update();
        return said;
    }

    @Override
    public List<NetworkView> networks() {
        List<NetworkView> views = new ArrayList<>();
        for (HostNetworks.Network network : networks.list()) {
            views.add(PlaceTranslation.view(network, members(network), overlay.network(network.id())));
        }
        overlay.elsewhere().forEach(each -> views.add(PlaceTranslation.view(each)));
        views.addAll(NetworkModes.views());
        return views;
    }

    private List<NetworkView.Member> members(HostNetworks.Network network) {
        try {
            return networks.members(network).stream().map(attached ->
                    new NetworkView.Member(attached.lease().containerId(),
                            PlaceTranslation.endpoint(network, attached))).toList();
        } catch (AttachException removed) {
            return List.of(); // in this very moment
        }
    }

    @Override
    public NetworkView network(String name) throws ContainerException {
        for (NetworkView view : NetworkModes.views()) {
            if (view.name().equals(name) || view.id().equals(name)) {
                return view;
            }
        }
        Optional<WantedNetwork> elsewhere = overlay.elsewhere().stream().filter(each -> each.name().equals(name)
                || !name.isEmpty() && each.id().startsWith(name)).findFirst();
        if (elsewhere.isPresent()) {
            return PlaceTranslation.view(elsewhere.get());
        }
        HostNetworks.Network network = find(name);
        return PlaceTranslation.view(network, members(network), overlay.network(network.id()));
    }

    @Override
    public NetworkView createNetwork(NetworkSpec spec) throws ContainerException, IOException {
        try {
            HostNetworks.Network made = networks.create(new NetworkWish(spec.name(),
                    spec.subnets(), spec.gateways(), spec.ranges(), spec.ipv6(), spec.internal(),
                    spec.labels(), spec.options()));
            resolvers.update();
            tell(networks.warnings());
            return PlaceTranslation.view(made, List.of(), Optional.empty());
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public void removeNetwork(String name) throws ContainerException, IOException {
        NetworkModes.refuse(name);
        if (overlay.elsewhere().stream().anyMatch(each -> each.id().equals(name) || each.name().equals(name))) {
            throw new ContainerException(ContainerException.Reason.OF_THE_CLUSTER, "network " + name
                    + " is the cluster's: a manager removes it");
        }
        try {
            networks.remove(name);
            resolvers.update();
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public void connect(PlaceRequest request, int pid) throws ContainerException, IOException {
        NetworkChoice choice = request.options().choices().getFirst();
        AttachRequest place = PlaceTranslation.request(request, choice, 0, true, 0);
        checkAttachable(findAnywhere(choice.network()), request);
        try {
            networks.connect(choice.network(), place, pid);
            resolvers.update();
            overlay.look();
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public void disconnect(String containerId, String network, int pid)
            throws ContainerException, IOException {
        try {
            networks.disconnect(containerId, network, pid);
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public List<TraceHop> trace(String containerId, int pid, String target, int port)
            throws ContainerException, IOException {
        try {
            return hops(overlay.trace(containerId, pid, target, port));
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public List<NetworkFlows> flows(String network) throws ContainerException, IOException {
        try {
            return overlay.flows(network).stream().map(PlaceTranslation::flows).toList();
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public List<TraceHop> examine(String network) throws ContainerException, IOException {
        try {
            return hops(overlay.examine(network));
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    private static List<TraceHop> hops(List<Hop> hops) {
        return hops.stream().map(each -> new TraceHop(each.name(), TraceHop.State.valueOf(each.state().name()),
                each.what(), each.mend())).toList();
    }

    /** Tells of networks that nodes share; of nothing if this node is in no cluster. */
    void measure(MetricsSink sink) {
        overlay.figures().ifPresent(each -> OverlayMeasures.tell(each, sink));
    }

    @Override
    public void rename(String containerId, String before, String after) throws IOException {
        networks.rename(containerId, before, after);
    }

    /** Takes bridges and rules off the host, for a daemon that will not come back. */
    void remove() throws IOException {
        networks.removeAll();
    }

    /** A bridge that no container hangs on goes with its agent; the next one makes it anew. */
    @Override
    public void close() {
        overlay.close();
        try {
            networks.removeUnused();
        } catch (IOException failed) {
            journal.say("a bridge stays: " + failed.getMessage());
        } finally {
            resolvers.close();
            networks.close();
        }
    }
}
