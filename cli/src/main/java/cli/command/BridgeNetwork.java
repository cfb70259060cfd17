package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import overlaynet.attach.AttachException;
import overlaynet.attach.AttachRequest;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.PortReservations;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.container.Journal;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.plan.PlanInput;

/**
 * The host's bridge as containers see networks: the one place where the runtime and the network code,
 * which do not know each other, meet. The bridge is made when the first container needs it.
 */
final class BridgeNetwork implements ContainerNetwork, AutoCloseable {
    private final BridgeAttacher bridge;
    private final PortReservations ports;
    private final Journal journal;
    private List<String> warnings = List.of();
    private boolean prepared;

    private BridgeNetwork(BridgeAttacher bridge, PortReservations ports, Journal journal) {
        this.bridge = bridge;
        this.ports = ports;
        this.journal = journal;
    }

    static BridgeNetwork open(Path data, Path run, Journal journal) throws IOException {
        PortReservations ports = new PortReservations();
        return new BridgeNetwork(BridgeAttacher.open(
                BridgeAttacher.Settings.first(BridgeSettings.forRunFolder(run)),
                data.resolve("network"), ports), ports, journal);
    }

    @Override
    public boolean attaches(ContainerOptions.Network options) throws ContainerException {
        if (options.mode().startsWith("container:") && !options.published().isEmpty()) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    "conflicting options: ports are published by the container whose network is"
                            + " joined (" + options.mode() + "), not by one that joins");
        }
        return isBridge(options.mode());
    }

    /** Whether the name is the bridge's; those of no network at all are known too. */
    static boolean isBridge(String mode) throws ContainerException {
        if (mode.equals("none") || mode.equals("host") || mode.startsWith("container:")) {
            return false;
        }
        if (mode.isEmpty() || mode.equals(BridgeAttacher.NETWORK_NAME) || mode.equals("default")) {
            return true;
        }
        throw new ContainerException(ContainerException.Reason.NETWORK_NOT_FOUND,
                "network " + mode + " not found; there are bridge, host, none and container:NAME");
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws ContainerException, IOException {
        prepare();
        NetworkChoice choice = request.options().choices().getFirst();
        overlaynet.attach.Attachment place;
        try {
            place = bridge.attach(new AttachRequest(request.containerId(), request.names(),
                    PlaceTranslation.address("--ip", choice.ipv4Address()),
                    PlaceTranslation.address("--ip6", choice.ipv6Address()),
                    PlaceTranslation.ports(request.options().published()), 0, true,
                    PlanInput.Network.NAMESPACE_DESCRIPTOR));
        } catch (AttachException refused) {
            throw PlaceTranslation.refusal(refused);
        }
        List<String> all = new ArrayList<>(warnings);
        all.addAll(place.warnings());
        Bridge made = place.bridge();
        return new Attachment(request.containerId(),
                List.of(place.address().getHostAddress() + "/" + made.subnet().prefixLength()),
                made.gateway().getHostAddress(),
                place.dnsServers().stream().map(InetAddress::getHostAddress).toList(),
                place.hostSide(), place.containerSide(), all);
    }

    @Override
    public Attachment example(String containerId) {
        return ExampleNetwork.attachment(containerId);
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        return bridge.find(containerId).map(attached -> PlaceTranslation.endpoint(
                BridgeAttacher.NETWORK_NAME, "", attached)).stream().toList();
    }

    private synchronized void prepare() throws IOException {
        if (!prepared) {
            warnings = bridge.prepare();
            prepared = true;
        }
    }

    @Override
    public void release(String containerId) throws IOException {
        bridge.detach(containerId).whenComplete((done, failed) -> {
            if (failed != null) {
                journal.say("the link of container " + containerId + " was not removed: "
                        + failed.getMessage());
            }
        });
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) throws IOException {
        return bridge.reconcile(aliveIds).stream().map(id ->
                "gave back the address of container " + id + ", which does not run").toList();
    }

    /** Takes bridge and rules off the host, for a daemon that will not come back. */
    void remove() throws IOException {
        bridge.remove();
    }

    /** A bridge that no container hangs on goes with its agent; the next one makes it anew. */
    @Override
    public void close() {
        try {
            bridge.removeIfUnused();
        } catch (IOException failed) {
            journal.say("the bridge stays: " + failed.getMessage());
        } finally {
            bridge.close();
            ports.close();
        }
    }
}
