package overlaynet.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import overlaynet.ipam.AddressPool;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import overlaynet.link.HostBridge;
import overlaynet.link.HostNetwork;
import overlaynet.link.PortMapping;
import overlaynet.link.PublishedPort;

/**
 * Gives containers of this host a place on its bridge.
 *
 * <p>Attaching reserves an address and returns messages; who launches the container sends them, so
 * that they are part of the launch plan. The bridge is set up with the first container and repaired
 * when it is found missing. Safe for use by several threads; belongs to the network namespace of
 * the thread that opens it and, if that is not the process's own, must be used by threads in there.
 */
public final class BridgeAttacher implements AutoCloseable {
    /** The network {@code --network bridge} means. */
    public static final String NETWORK_NAME = "bridge";

    private final ReentrantLock lock = new ReentrantLock();
    private final NetlinkSocket socket;
    private final HostBridge hostBridge;
    private final LeaseFolder leases;
    private final LinkRemover remover;
    private Ready ready;

    /** The bridge as it stands and who has which address in it. */
    private record Ready(Bridge bridge, LeaseTable table, List<String> warnings) {}

    private BridgeAttacher(BridgeSettings settings, LeaseFolder leases, NetlinkSocket socket,
            NetlinkSocket remover) {
        this.socket = socket;
        this.hostBridge = new HostBridge(settings, socket);
        this.leases = leases;
        this.remover = new LinkRemover(remover);
    }

    /**
     * Opens the attacher; touches no link yet.
     *
     * @param folder where leases are kept, {@code D/network}; created if missing
     */
    public static BridgeAttacher open(BridgeSettings settings, Path folder) throws IOException {
        LeaseFolder leases = new LeaseFolder(folder);
        NetlinkSocket socket = NetlinkSocket.route();
        try {
            return new BridgeAttacher(settings, leases, socket, NetlinkSocket.route());
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /**
     * Sets up the bridge now, so that the first container need not wait for it.
     *
     * @return what does not work and how to mend it, a sentence each
     */
    public List<String> prepare() throws IOException {
        lock.lock();
        try {
            return ready().warnings();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves a container's address and tells how to wire it. A container that has an address
     * keeps it, so attaching again after a restart is the same as attaching once.
     *
     * @param containerId         at most 128 letters, digits, dots, dashes and underscores
     * @param networkName         {@link #NETWORK_NAME}
     * @param requested           the address the container is to have; the next free one if empty
     * @param namespaceDescriptor the container's network namespace, as a file descriptor of the
     *                            process that will send the messages
     * @throws AttachException if it cannot be, with a sentence for the user
     * @throws IOException     if the bridge cannot be set up
     */
    public Attachment attach(String containerId, String networkName,
            Optional<InetAddress> requested, int namespaceDescriptor) throws IOException {
        if (!networkName.equals(NETWORK_NAME)) {
            throw new AttachException("there is no network \"" + networkName
                    + "\"; use bridge, host or none");
        }
        checkId(containerId);
        String hostName = ContainerLink.hostName(containerId);
        remover.await(hostName);
        lock.lock();
        try {
            Ready now = ready();
            boolean again = now.table().find(containerId).isPresent();
            Lease lease = now.table().reserve(containerId, requested);
            if (again) {
                // What the last run may have left would be in the new link's way.
                socket.requestUnless(Errno.ENODEV, LinkMessages.delete(hostName));
            }
            return attachment(now, new ContainerLink(now.bridge(), hostName, lease.address()),
                    namespaceDescriptor);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes ports of the host lead to a container, instead of those that did before. They answer on
     * every address of the host, 127.0.0.1 included, unless a mapping names one. To be called when
     * the container's link exists, so after it is created and before it is started.
     *
     * @throws AttachException if a port is in use, by a container or a program of the host, or the
     *                         container is not attached; nothing was changed then
     */
    public void publish(String containerId, List<PortMapping> ports) throws IOException {
        lock.lock();
        try {
            Ready now = ready();
            LeaseTable table = now.table();
            Lease lease = table.find(containerId).orElseThrow(() -> new AttachException(
                    "ports of " + containerId + " cannot be published: it is not attached"));
            table.checkFree(containerId, ports);
            for (PortMapping port : ports) {
                if (!lease.ports().contains(port)) {
                    HostPorts.checkUnused(port);
                }
            }
            // Where bridged frames pass the firewall (bridge-nf-call-iptables), a container's way back
            // to itself through a published port leaves by the bridge port it came in by.
            socket.requestUnless(Errno.ENODEV,
                    LinkMessages.hairpin(ContainerLink.hostName(containerId)));
            change(now, lease, ports);
            table.replace(lease.withPorts(ports));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a container's place up; does nothing for a container that is not attached. Lease and
     * published ports are gone when this returns. The kernel deletes the link with the container's
     * namespace, in its own time; a link that is still there is deleted by a thread of this object,
     * since that takes the kernel tens of milliseconds, and only then is the address free for
     * another container.
     *
     * @return completes when link and address are free, or fails with what the kernel said
     */
    public CompletableFuture<Void> detach(String containerId) throws IOException {
        checkId(containerId);
        lock.lock();
        try {
            if (leases.holds(containerId)) {
                unpublish(containerId);
                leases.delete(containerId);
            }
        } finally {
            lock.unlock();
        }
        return remover.remove(ContainerLink.hostName(containerId), () -> forget(containerId));
    }

    private void unpublish(String containerId) throws IOException {
        Ready now = ready();
        Optional<Lease> lease = now.table().find(containerId);
        if (lease.isPresent() && !lease.get().ports().isEmpty()) {
            change(now, lease.get(), List.of());
            now.table().replace(lease.get().withPorts(List.of()));
        }
    }

    private void change(Ready now, Lease lease, List<PortMapping> ports) throws IOException {
        List<PublishedPort> before = lease.publishedPorts();
        List<PublishedPort> after = lease.withPorts(ports).publishedPorts();
        List<PublishedPort> wanted = new ArrayList<>(now.table().publishedPorts());
        wanted.removeAll(before);
        wanted.addAll(after);
        hostBridge.changePorts(now.bridge(),
                before.stream().filter(port -> !after.contains(port)).toList(),
                after.stream().filter(port -> !before.contains(port)).toList(), wanted);
    }

    private void forget(String containerId) {
        lock.lock();
        try {
            if (ready != null) {
                ready.table().forget(containerId);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Detaches every container but the given ones, and deletes links in the bridge that belong to
     * none of them. Called when the agent starts, before anything is attached; returns when all is
     * done.
     *
     * @return the containers that were detached
     */
    public List<String> reconcile(Set<String> liveContainerIds) throws IOException {
        lock.lock();
        try {
            List<Lease> dead = deleteDead(liveContainerIds);
            if (ready != null || !publishedPorts(dead).isEmpty()) {
                ready = null;
                ready(); // writes the rules anew, without the ports of the dead
            }
            return dead.stream().map(Lease::containerId).toList();
        } finally {
            lock.unlock();
        }
    }

    private List<Lease> deleteDead(Set<String> liveContainerIds) throws IOException {
        List<Lease> dead = leases.read().leases().stream()
                .filter(lease -> !liveContainerIds.contains(lease.containerId())).toList();
        for (Lease lease : dead) {
            leases.delete(lease.containerId());
        }
        deleteLinksExcept(liveContainerIds.stream().map(ContainerLink::hostName)
                .collect(Collectors.toSet()));
        return dead;
    }

    /** Of each dead container at most one link is left, and all of them are in the bridge. */
    private void deleteLinksExcept(Set<String> keptNames) throws IOException {
        HostNetwork host = HostNetwork.read(socket);
        Optional<LinkInfo> bridge = host.link(hostBridge.linkName());
        for (LinkInfo link : host.links()) {
            boolean ours = bridge.isPresent() && link.master().orElse(0) == bridge.get().index()
                    && ContainerLink.isHostName(link.name());
            if (ours && !keptNames.contains(link.name())) {
                socket.requestUnless(Errno.ENODEV, LinkMessages.delete(link.index()));
            }
        }
    }

    /** The addresses in use, by container; empty before the first attach. */
    public Map<String, InetAddress> addresses() {
        lock.lock();
        try {
            return ready == null ? Map.of() : ready.table().addresses();
        } finally {
            lock.unlock();
        }
    }

    /** Deletes the bridge, its rules and all leases. Running containers lose their network. */
    public void remove() throws IOException {
        lock.lock();
        try {
            ready = null;
            deleteDead(Set.of());
            hostBridge.remove();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes the bridge and its rules if no container has an address.
     *
     * @return whether it did
     */
    public boolean removeIfUnused() throws IOException {
        lock.lock();
        try {
            if (!hostBridge.isThere() || !addresses().isEmpty()
                    || !leases.read().leases().isEmpty()) {
                return false;
            }
            ready = null;
            hostBridge.remove();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Ready ready() throws IOException {
        if (ready != null && hostBridge.stands(ready.bridge())) {
            return ready;
        }
        LeaseFolder.Contents contents = leases.read();
        List<InetAddress> nameServers = NameServers.ofHost();
        HostBridge.Ensured ensured = hostBridge.ensure(leases.readSubnet(), nameServers,
                publishedPorts(contents.leases()));
        Bridge bridge = ensured.bridge();
        leases.writeSubnet(bridge.subnet());
        LeaseTable table = new LeaseTable(leases,
                new AddressPool(bridge.subnet(), List.of(bridge.gateway())));
        List<String> warnings = new ArrayList<>(ensured.warnings());
        warnings.addAll(contents.warnings());
        warnings.addAll(table.takeOver(contents.leases()));
        hostBridge.rejoin(bridge, table.addresses().keySet().stream()
                .map(ContainerLink::hostName).collect(Collectors.toSet()));
        ready = new Ready(bridge, table, List.copyOf(warnings));
        return ready;
    }

    private static Attachment attachment(Ready now, ContainerLink link, int namespaceDescriptor)
            throws IOException {
        List<InetAddress> dnsServers = NameServers.ofHost();
        List<String> warnings = new ArrayList<>(now.warnings());
        if (dnsServers.isEmpty()) {
            warnings.add("the host's resolv.conf names no server a container can reach, so names do"
                    + " not resolve in it; give one with --dns");
        }
        Bridge bridge = now.bridge();
        return new Attachment(ContainerLink.CONTAINER_NAME, link.address(),
                bridge.subnet().prefixLength(), bridge.gateway(), link.hardwareAddress(),
                bridge.mtuBytes(), dnsServers, link.hostSide(namespaceDescriptor),
                link.containerSide(), List.copyOf(warnings));
    }

    private static List<PublishedPort> publishedPorts(List<Lease> leases) {
        return leases.stream().flatMap(lease -> lease.publishedPorts().stream()).toList();
    }

    private static void checkId(String containerId) throws AttachException {
        if (!LeaseFolder.isUsableId(containerId)) {
            throw new AttachException("not a container id: \"" + containerId + "\"");
        }
    }

    /** Ends after links under removal are gone; bridge and leases stay. */
    @Override
    public void close() {
        remover.close();
        socket.close();
    }
}
