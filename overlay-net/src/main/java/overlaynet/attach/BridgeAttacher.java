package overlaynet.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;
import overlaynet.ipam.AddressPool;
import overlaynet.ipam.Allocation;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import overlaynet.link.HostBridge;
import overlaynet.link.HostNetwork;

/**
 * Gives containers of this host a place on its bridge.
 *
 * <p>Attaching reserves an address and returns messages; who launches the container sends them, so
 * that they are part of the launch plan. The bridge is set up with the first container and repaired
 * when it is found missing. Safe for use by several threads; belongs to the network namespace of the
 * thread that opens it and, if that is not the process's own, must be used by threads in there.
 */
public final class BridgeAttacher implements AutoCloseable {
    /** The network {@code --network bridge} means. */
    public static final String NETWORK_NAME = "bridge";

    private final ReentrantLock lock = new ReentrantLock();
    private final NetlinkSocket socket;
    private final HostBridge hostBridge;
    private final LeaseFolder leases;
    private Ready ready;

    /** The bridge as it stands and the addresses in it. */
    private record Ready(Bridge bridge, AddressPool pool, List<String> warnings) {}

    private BridgeAttacher(BridgeSettings settings, LeaseFolder leases, NetlinkSocket socket) {
        this.socket = socket;
        this.hostBridge = new HostBridge(settings, socket);
        this.leases = leases;
    }

    /**
     * Opens the attacher; touches no link yet.
     *
     * @param folder where leases are kept, {@code D/network}; created if missing
     */
    public static BridgeAttacher open(BridgeSettings settings, Path folder) throws IOException {
        return new BridgeAttacher(settings, new LeaseFolder(folder), NetlinkSocket.route());
    }

    /**
     * Reserves a container's address and tells how to wire it. A container that has an address keeps
     * it, so attaching again after a restart is the same as attaching once.
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
        lock.lock();
        try {
            Ready now = ready();
            boolean again = now.pool().addressOf(containerId).isPresent();
            InetAddress address = allocate(now.pool(), containerId, requested);
            String hostName = ContainerLink.hostName(containerId);
            if (again) {
                // What the last run may have left would be in the new link's way.
                socket.requestUnless(Errno.ENODEV, LinkMessages.delete(hostName));
            } else {
                remember(now.pool(), new Lease(containerId, address));
            }
            return attachment(now, new ContainerLink(now.bridge(), hostName, address),
                    namespaceDescriptor);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a container's address back and deletes its link if it is still there; does nothing for a
     * container that is not attached.
     */
    public void detach(String containerId) throws IOException {
        checkId(containerId);
        socket.requestUnless(Errno.ENODEV,
                LinkMessages.delete(ContainerLink.hostName(containerId)));
        lock.lock();
        try {
            // The address becomes free last: nobody may get it while a link still answers for it.
            leases.delete(containerId);
            if (ready != null) {
                ready.pool().release(containerId);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Detaches every container but the given ones, and deletes links in the bridge that belong to
     * none of them. Called when the agent starts, before anything is attached.
     *
     * @return the containers that were detached
     */
    public List<String> reconcile(Set<String> liveContainerIds) throws IOException {
        List<String> detached = new ArrayList<>();
        for (Lease lease : leases.read().leases()) {
            if (!liveContainerIds.contains(lease.containerId())) {
                detach(lease.containerId());
                detached.add(lease.containerId());
            }
        }
        deleteLinksExcept(liveContainerIds.stream().map(ContainerLink::hostName)
                .collect(Collectors.toSet()));
        return detached;
    }

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
            return ready == null ? Map.of() : ready.pool().owners();
        } finally {
            lock.unlock();
        }
    }

    /** Deletes the bridge, its rules and all leases. Running containers lose their network. */
    public void remove() throws IOException {
        lock.lock();
        try {
            ready = null;
            reconcile(Set.of());
            hostBridge.remove();
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
        HostBridge.Ensured ensured = hostBridge.ensure(leases.readSubnet(), nameServers);
        Bridge bridge = ensured.bridge();
        leases.writeSubnet(bridge.subnet());
        Set<String> warnings = new LinkedHashSet<>(ensured.warnings());
        warnings.addAll(contents.warnings());
        AddressPool pool = new AddressPool(bridge.subnet(), List.of(bridge.gateway()));
        for (Lease lease : contents.leases()) {
            if (pool.allocate(lease.containerId(), lease.address())
                    instanceof Allocation.Refused(String reason)) {
                warnings.add("dropped the address lease of " + lease.containerId() + ": " + reason);
                leases.delete(lease.containerId());
            }
        }
        hostBridge.rejoin(bridge, pool.owners().keySet().stream().map(ContainerLink::hostName)
                .collect(Collectors.toSet()));
        ready = new Ready(bridge, pool, List.copyOf(warnings));
        return ready;
    }

    private static InetAddress allocate(AddressPool pool, String containerId,
            Optional<InetAddress> requested) throws AttachException {
        Allocation allocation = requested.isPresent()
                ? pool.allocate(containerId, requested.get()) : pool.allocate(containerId);
        return switch (allocation) {
            case Allocation.Granted(InetAddress address) -> address;
            case Allocation.Refused(String reason) -> throw new AttachException(
                    "container " + containerId + " cannot join the network bridge: " + reason);
        };
    }

    private void remember(AddressPool pool, Lease lease) throws IOException {
        try {
            leases.write(lease);
        } catch (IOException failed) {
            pool.release(lease.containerId());
            throw failed;
        }
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

    private static void checkId(String containerId) throws AttachException {
        if (!LeaseFolder.isUsableId(containerId)) {
            throw new AttachException("not a container id: \"" + containerId + "\"");
        }
    }

    /** Closes the netlink socket; bridge and leases stay. */
    @Override
    public void close() {
        socket.close();
    }
}
