package cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlaynet.plugin.PluginNetworks;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.container.Journal;
import runtime.network.Endpoint;
import runtime.network.NetworkFlows;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.network.TraceHop;

/** The host's bridges and, for networks called {@code cni:NAME}, its CNI plug-ins. */
final class ChosenNetworks implements ContainerNetwork, AutoCloseable {
    private final BridgeNetworks bridges;
    private final PluginPlaces plugins;

    /** @param bridges closed with this object */
    ChosenNetworks(BridgeNetworks bridges, PluginNetworks plugins, Journal journal) {
        this.bridges = bridges;
        this.plugins = new PluginPlaces(plugins);
        plugins.warnings().forEach(journal::say);
    }

    @Override
    public boolean attaches(ContainerOptions.Network options) throws ContainerException {
        if (!PluginPlaces.isMeant(options)) {
            return bridges.attaches(options);
        }
        NetworkModes.attaches(options);
        plugins.check(options);
        return true;
    }

    @Override
    public boolean wiresCreated(ContainerOptions.Network options) {
        return PluginPlaces.isMeant(options);
    }

    @Override
    public boolean hasNames(ContainerOptions.Network options) throws ContainerException {
        return !PluginPlaces.isMeant(options) && bridges.hasNames(options);
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws ContainerException, IOException {
        return bridges.reserve(request);
    }

    @Override
    public Attachment wire(PlaceRequest request, int pid) throws ContainerException, IOException {
        return plugins.wire(request, pid);
    }

    @Override
    public ContainerOptions.Network completed(String containerId,
            ContainerOptions.Network options) {
        return plugins.completed(containerId, options);
    }

    @Override
    public Attachment example(String containerId, ContainerOptions.Network options)
            throws ContainerException {
        return bridges.example(containerId, options);
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        List<Endpoint> places = plugins.endpoints(containerId);
        return places.isEmpty() ? bridges.endpoints(containerId) : places;
    }

    @Override
    public void release(String containerId) throws IOException {
        try {
            plugins.release(containerId);
        } finally {
            bridges.release(containerId);
        }
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) throws IOException {
        List<String> said = new ArrayList<>(plugins.reconcile(aliveIds));
        said.addAll(bridges.reconcile(aliveIds));
        return said;
    }

    @Override
    public List<NetworkView> networks() {
        List<NetworkView> views = new ArrayList<>(bridges.networks());
        views.addAll(plugins.views());
        return views;
    }

    @Override
    public NetworkView network(String name) throws ContainerException {
        Optional<NetworkView> view = plugins.views().stream()
                .filter(each -> each.name().equals(name) || each.id().equals(name)).findFirst();
        return view.isPresent() ? view.get() : bridges.network(name);
    }

    @Override
    public NetworkView createNetwork(NetworkSpec spec) throws ContainerException, IOException {
        return bridges.createNetwork(spec);
    }

    @Override
    public void removeNetwork(String name) throws ContainerException, IOException {
        PluginPlaces.refuseRemoval(plugins.views(), name);
        bridges.removeNetwork(name);
    }

    @Override
    public void connect(PlaceRequest request, int pid) throws ContainerException, IOException {
        bridges.connect(request, pid);
    }

    @Override
    public void disconnect(String containerId, String network, int pid)
            throws ContainerException, IOException {
        bridges.disconnect(containerId, network, pid);
    }

    @Override
    public List<TraceHop> trace(String containerId, int pid, String target, int port)
            throws ContainerException, IOException {
        return bridges.trace(containerId, pid, target, port);
    }

    @Override
    public List<NetworkFlows> flows(String network) throws ContainerException, IOException {
        return bridges.flows(network);
    }

    @Override
    public List<TraceHop> examine(String network) throws ContainerException, IOException {
        return bridges.examine(network);
    }

    @Override
    public void rename(String containerId, String before, String after) throws IOException {
        bridges.rename(containerId, before, after);
    }

    @Override
    public void close() {
        bridges.close();
    }
}
