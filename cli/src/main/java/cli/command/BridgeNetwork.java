package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import overlaynet.attach.BridgeAttacher;
import overlaynet.link.BridgeSettings;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.Journal;
import runtime.plan.PlanInput;

/**
 * The host's bridge as containers see networks: the one place where the runtime and the network code,
 * which do not know each other, meet. The bridge is made when the first container needs it.
 */
final class BridgeNetwork implements ContainerNetwork, AutoCloseable {
    private final BridgeAttacher bridge;
    private final Journal journal;
    private List<String> warnings = List.of();
    private boolean prepared;

    private BridgeNetwork(BridgeAttacher bridge, Journal journal) {
        this.bridge = bridge;
        this.journal = journal;
    }

    static BridgeNetwork open(Path data, Path run, Journal journal) throws IOException {
        return new BridgeNetwork(
                BridgeAttacher.open(BridgeSettings.forRunFolder(run), data.resolve("network")), journal);
    }

    @Override
    public boolean attaches(String mode) throws ContainerException {
        return isBridge(mode);
    }

    /** Whether the name is the bridge's; those of no network at all are known too. */
    static boolean isBridge(String mode) throws ContainerException {
        if (mode.equals("none") || mode.equals("host") || mode.startsWith("container:")) {
            return false;
        }
        if (mode.equals(BridgeAttacher.NETWORK_NAME) || mode.equals("default")) {
            return true;
        }
        throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                "network " + mode + " not found; there are bridge, host, none and container:NAME");
    }

    @Override
    public Attachment reserve(String containerId, String mode) throws IOException {
        prepare();
        overlaynet.attach.Attachment place = bridge.attach(containerId, BridgeAttacher.NETWORK_NAME,
                Optional.empty(), PlanInput.Network.NAMESPACE_DESCRIPTOR);
        List<String> all = new ArrayList<>(warnings);
        all.addAll(place.warnings());
        return new Attachment(containerId,
                List.of(place.address().getHostAddress() + "/" + place.prefixLength()),
                place.gateway().getHostAddress(),
                place.dnsServers().stream().map(InetAddress::getHostAddress).toList(),
                place.hostSide(), place.containerSide(), all);
    }

    @Override
    public Attachment example(String containerId) {
        return ExampleNetwork.attachment(containerId);
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
        }
    }
}
