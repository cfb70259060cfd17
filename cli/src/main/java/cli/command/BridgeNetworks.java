package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import linux.netlink.NetlinkRequest;
import overlaynet.attach.AttachException;
import overlaynet.attach.AttachRequest;
import overlaynet.attach.HostNetworks;
import overlaynet.attach.HostPorts;
import overlaynet.link.Bridge;
import overlaynet.network.NetworkWish;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.container.Journal;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.node.NodeFolders;
import runtime.plan.PlanInput;

/**
 * The host's bridges as containers see networks: the one place where the runtime and the network code,
 * which do not know each other, meet. A bridge is made when the first container needs it.
 */
final class BridgeNetworks implements ContainerNetwork, AutoCloseable {
    private final HostNetworks networks;
    private final NetworkResolvers resolvers;
    private final Journal journal;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private BridgeNetworks(HostNetworks networks, Journal journal) {
        this.networks = networks;
        this.resolvers = new NetworkResolvers(networks, journal);
        this.journal = journal;
    }

    static BridgeNetworks open(NodeFolders folders, HostPorts ports, Journal journal)
            throws IOException {
        HostNetworks networks = HostNetworks.open(folders.data(), folders.run(), ports,
                new SecureRandom(), InstantSource.system());
        BridgeNetworks made = new BridgeNetworks(networks, journal);
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
            find(choice.network());
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
            found.add(find(choice.network()));
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
        }
        return places.attachment(request.containerId(), way);
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
                addresses.add(place.address().getHostAddress() + "/"
                        + bridge.subnet().prefixLength());
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
            views.add(PlaceTranslation.view(network, members(network)));
        }
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
        HostNetworks.Network network = find(name);
        return PlaceTranslation.view(network, members(network));
    }

    @Override
    public NetworkView createNetwork(NetworkSpec spec) throws ContainerException, IOException {
        try {
            HostNetworks.Network made = networks.create(new NetworkWish(spec.name(),
                    spec.subnets(), spec.gateways(), spec.ranges(), spec.ipv6(), spec.internal(),
                    spec.labels(), spec.options()));
            resolvers.update();
            tell(networks.warnings());
            return PlaceTranslation.view(made, List.of());
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
    }

    @Override
    public void removeNetwork(String name) throws ContainerException, IOException {
        NetworkModes.refuse(name);
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
        try {
            networks.connect(choice.network(), place, pid);
            resolvers.update();
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
