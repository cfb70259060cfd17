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
import java.util.concurrent.CompletableFuture;
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
 * when it is found missing. Safe for use by several threads; belongs to the network namespace of
 * the thread that opens it and, if that is not the process's own, must be used by threads in there.
 */
public final class BridgeAttacher implements AutoCloseable {
    /** The network {@code --network bridge} means. */
    public static final String NETWORK_NAME = "bridge";

    /** {@code BR_MAX_PORTS} is 1024, port numbers start at 1 ({@code net/bridge/br_private.h}). */
    private static final int MAX_PORTS = 1023;

    private final ReentrantLock lock = new ReentrantLock();
    private final NetlinkSocket socket;
    private final HostBridge hostBridge;
    private final LeaseFolder leases;
    private final LinkRemover remover;
    private Ready ready;

    /** The bridge as it stands and the addresses in it. */
    private record Ready(Bridge bridge, AddressPool pool, List<String> warnings) {}

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
            boolean again = now.pool().addressOf(containerId).isPresent();
            InetAddress address = allocate(now.pool(), containerId, requested);
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
     * Gives a container's place up; does nothing for a container that is not attached. The lease is
     * gone when this returns. The kernel deletes the link with the container's namespace, in its
     * own time; a link that is still there is deleted by a thread of this object, since that takes
     * the kernel tens of milliseconds, and only then is the address free for another container.
     *
     * @return completes when link and address are free, or fails with what the kernel said
     */
    public CompletableFuture<Void> detach(String containerId) throws IOException {
        checkId(containerId);
        leases.delete(containerId);
        return remover.remove(ContainerLink.hostName(containerId), () -> release(containerId));
    }

    private void release(String containerId) {
        lock.lock();
        try {
            if (ready != null) {
                ready.pool().release(containerId);
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
        List<String> detached = new ArrayList<>();
        for (Lease lease : leases.read().leases()) {
            if (!liveContainerIds.contains(lease.containerId())) {
                leases.delete(lease.containerId());
                release(lease.containerId());
                detached.add(lease.containerId());
            }
        }
        deleteLinksExcept(liveContainerIds.stream().map(ContainerLink::hostName)
                .collect(Collectors.toSet()));
        return detached;
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
        if (pool.size() > MAX_PORTS) {
            pool.release(containerId);
            throw new AttachException("container " + containerId + " cannot join the network"
                    + " bridge: a Linux bridge takes " + MAX_PORTS + " containers; use --network"
                    + " host or none, or another agent (--data-dir, --run-dir)");
        }
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

    /** Ends after links under removal are gone; bridge and leases stay. */
    @Override
    public void close() {
        remover.close();
        socket.close();
    }
}
