package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;
import static runtime.container.ContainerException.Reason.NETWORK_IN_USE;
import static runtime.container.ContainerException.Reason.NOT_RUNNING;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import runtime.launch.Launched;
import runtime.network.NetworkChoice;
import runtime.network.NetworkFlows;
import runtime.network.NetworkSpec;
import runtime.network.NetworkView;
import runtime.network.TraceHop;

/** The networks of a daemon and which containers are in them, be they running or not. */
public final class ContainerNetworks {
    private final Surroundings around;
    private final ContainerIndex index;

    ContainerNetworks(Surroundings around, ContainerIndex index) {
        this.around = around;
        this.index = index;
    }

    /** Makes a network. */
    public NetworkView create(NetworkSpec spec) throws ContainerException, IOException {
        return around.network().createNetwork(spec);
    }

    /** All networks. */
    public List<NetworkView> list() {
        return around.network().networks();
    }

    /** The network of that name, id, or beginning of an id. */
    public NetworkView get(String name) throws ContainerException {
        return around.network().network(name);
    }

    /** The name of a container, for who knows its id; the id if there is none. */
    public String nameOf(String containerId) {
        return index.all().stream().filter(each -> each.id().equals(containerId))
                .map(each -> each.record().name()).findFirst().orElse(containerId);
    }

    /**
     * Removes a network.
     *
     * @throws ContainerException with reason NETWORK_IN_USE if a container is to be in it, whether it
     *     runs or not
     */
    public NetworkView remove(String name) throws ContainerException, IOException {
        NetworkView network = get(name);
        Optional<Container> user = userOf(network);
        if (user.isPresent()) {
            ContainerRecord record = user.get().record();
            throw new ContainerException(NETWORK_IN_USE, "network " + network.name()
                    + " is in use by container " + record.name() + " (" + record.state().word()
                    + "); remove that, or take it out with `jctl network disconnect "
                    + network.name() + " " + record.name() + "`");
        }
        around.network().removeNetwork(network.id());
        return network;
    }

    private Optional<Container> userOf(NetworkView network) {
        return index.all().stream().filter(each -> choices(each.record()).stream()
                .anyMatch(choice -> names(choice, network))).findFirst();
    }

    private static List<NetworkChoice> choices(ContainerRecord record) {
        return record.options().network().choices();
    }

    private boolean names(NetworkChoice choice, NetworkView network) {
        if (choice.network().equals(network.name())) {
            return true;
        }
        try {
            return network.id().startsWith(choice.network())
                    && get(choice.network()).id().equals(network.id());
        } catch (ContainerException none) {
            return false;
        }
    }

    /** Removes those networks somebody made that no container is to be in; the names of these. */
    public List<String> prune(Predicate<NetworkView> wanted)
            throws ContainerException, IOException {
        List<String> removed = new ArrayList<>();
        for (NetworkView network : list()) {
            if (network.isUsers() && wanted.test(network) && userOf(network).isEmpty()) {
                around.network().removeNetwork(network.id());
                removed.add(network.name());
            }
        }
        return removed;
    }

    /**
     * Puts a container into a further network: at once if it runs, else with its next start.
     *
     * @throws ContainerException if it is in it, or has no network namespace of its own
     */
    public void connect(NetworkChoice wanted, String containerName)
            throws ContainerException, IOException {
        NetworkView network = get(wanted.network());
        NetworkChoice choice = new NetworkChoice(network.name(), wanted.aliases(),
                wanted.ipv4Address(), wanted.ipv6Address(), wanted.interfaceName());
        Container container = index.find(containerName);
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            List<NetworkChoice> before = own(record);
            if (around.network().wiresCreated(record.options().network())) {
                throw new ContainerException(INVALID_OPTION, "container " + record.name()
                        + " is in a CNI network, which no other joins; create it anew with all its"
                        + " networks");
            }
            if (before.stream().anyMatch(each -> names(each, network))) {
                throw new ContainerException(INVALID_OPTION, "container " + record.name()
                        + " is in the network " + network.name() + " already");
            }
            List<NetworkChoice> after = new ArrayList<>(before);
            after.add(choice);
            ContainerRecord changed = with(record, after);
            around.network().attaches(changed.options().network());
            Launched launched = container.launched();
            if (launched != null) {
                around.network().connect(new ContainerNetwork.PlaceRequest(record.id(),
                        List.of(record.name(), record.shortId()),
                        record.options().network().withPlaces(List.of(choice)).withoutPorts(),
                        record.options().labels()),
                        launched.pid());
            }
            keep(container, changed);
        } finally {
            container.lock().unlock();
        }
    }

    /**
     * Takes a container out of a network.
     *
     * @throws ContainerException if it is not in it
     */
    public void disconnect(String networkName, String containerName)
            throws ContainerException, IOException {
        NetworkView network = get(networkName);
        Container container = index.find(containerName);
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            if (around.network().wiresCreated(record.options().network())) {
                throw new ContainerException(INVALID_OPTION, "container " + record.name()
                        + " stays in its CNI networks as long as it runs; remove it, and create it"
                        + " anew with others");
            }
            List<NetworkChoice> after = new ArrayList<>(own(record));
            if (!after.removeIf(each -> names(each, network))) {
                throw new ContainerException(NOT_RUNNING, "container " + record.name()
                        + " is not in the network " + network.name());
            }
            Launched launched = container.launched();
            if (launched != null) {
                around.network().disconnect(record.id(), network.id(), launched.pid());
            }
            keep(container, with(record, after));
        } finally {
            container.lock().unlock();
        }
    }

    /**
     * Looks at each hop from a container to another.
     *
     * @throws ContainerException if it does not run, or has no network to look at
     */
    public List<TraceHop> trace(String containerName, String target, int port) throws ContainerException, IOException {
        Container container = index.find(containerName);
        Launched launched = container.launched();
        if (launched == null) {
            throw new ContainerException(NOT_RUNNING, "container " + container.record().name() + " does not run");
        }
        return around.network().trace(container.record().id(), launched.pid(), target, port);
    }

    /** As {@link NetworkAdministration#flows}. */
    public List<NetworkFlows> flows(String network) throws ContainerException, IOException {
        return around.network().flows(network);
    }

    /**
     * Looks at all that networks of several nodes need of this one.
     *
     * @param network name or beginning of the id; {@code ""} = all of them
     * @throws ContainerException if this node has no part of such a network
     */
    public List<TraceHop> examine(String network) throws ContainerException, IOException {
        return around.network().examine(network);
    }

    private static List<NetworkChoice> own(ContainerRecord record) throws ContainerException {
        String mode = ContainerCreation.networkOf(record.options());
        if (mode.equals("host") || mode.startsWith("container:")) {
            throw new ContainerException(INVALID_OPTION, "container " + record.name()
                    + " is on the network " + mode + ", which is not its own: it can be neither"
                    + " connected nor disconnected");
        }
        return choices(record).stream().filter(each -> !each.network().equals("none")).toList();
    }

    private static ContainerRecord with(ContainerRecord record, List<NetworkChoice> places) {
        return record.withOptions(record.options().withNetwork(
                record.options().network().withPlaces(places)));
    }

    /** A record that cannot be written is told about: until the next start the kernel has the truth. */
    private void keep(Container container, ContainerRecord changed)
            throws ContainerException, IOException {
        container.record(changed);
        if (container.unwritten().isEmpty()) {
            around.files().save(changed);
        }
        if (container.launched() != null) {
            NetworkFiles.write(changed, around.files().folders(changed.id()),
                    NetworkFiles.Surroundings.of(around.network().endpoints(changed.id()),
                            around.network().hasNames(changed.options().network())));
        }
    }
}
