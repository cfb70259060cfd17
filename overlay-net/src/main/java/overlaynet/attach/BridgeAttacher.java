package overlaynet.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;
import overlaynet.audit.Repair;
import overlaynet.ipam.AddressPool;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import overlaynet.link.HostBridge;
import overlaynet.link.HostNetwork;
import overlaynet.link.PortMapping;
import overlaynet.link.PublishedPort;
import overlaynet.link.TrackedConnections;
import overlaynet.link.SharedNftables;

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

    /**
     * What an attacher is told.
     *
     * @param name      of the network, for messages
     * @param networkId tells its links from those of the agent's other networks; empty for the
     *                  first
     * @param bridge    what its bridge is called and may be
     * @param range     the part of the subnet addresses are given out of, all of it if empty
     */
    public record Settings(String name, String networkId, BridgeSettings bridge,
            Optional<Subnet> range) {

        /** The agent's first network. */
        public static Settings first(BridgeSettings bridge) {
            return new Settings(NETWORK_NAME, "", bridge, Optional.empty());
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final NetlinkSocket socket;
    private final HostBridge hostBridge;
    private final Settings settings;
    private final LeaseFolder leases;
    private final PortReservations ports;
    private final LinkRemover remover;
    private Ready ready;

    /** The bridge as it stands and who has which address in it. */
    private record Ready(Bridge bridge, LeaseTable table, List<String> warnings) {}

    private BridgeAttacher(Settings settings, LeaseFolder leases, PortReservations ports,
            SharedNftables nftables, NetlinkSocket socket, NetlinkSocket remover) {
        this.settings = settings;
        this.socket = socket;
        this.hostBridge = new HostBridge(settings.bridge(), socket, nftables);
        this.leases = leases;
        this.ports = ports;
        this.remover = new LinkRemover(remover);
    }

    /**
     * Opens the attacher; touches no link yet.
     *
     * @param folder where leases are kept, {@code D/network}; created if missing
     * @param ports  shared by the agent's networks; stays the caller's to close
     * @param nftables likewise
     */
    public static BridgeAttacher open(Settings settings, Path folder, PortReservations ports,
            SharedNftables nftables) throws IOException {
        LeaseFolder leases = new LeaseFolder(folder);
        NetlinkSocket socket = NetlinkSocket.route();
        try {
            return new BridgeAttacher(settings, leases, ports, nftables, socket,
                    NetlinkSocket.route());
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

    /** Whether its bridge has rules at all. */
    boolean hasRules() {
        return hostBridge.hasRules();
    }

    /** Whether a container has an address here, running or as the disk says. */
    boolean isUsed() throws IOException {
        lock.lock();
        try {
            return !addresses().isEmpty() || !leases.read().leases().isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether its rules are those that were made. */
    boolean rulesStand() throws IOException {
        lock.lock();
        try {
            return hostBridge.rulesStand();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks whether the bridge and its rules are as they were made, and makes them so again.
     *
     * @param mended told what was not
     * @return as {@link #prepare}
     */
    public List<String> audit(Consumer<Repair> mended) throws IOException {
        lock.lock();
        try {
            if (ready != null && !hostBridge.stands(ready.bridge())) {
                renew();
                mended.accept(Repair.BRIDGE);
            } else if (ready != null && !hostBridge.rulesStand()) {
                renew();
                mended.accept(Repair.RULES);
            }
            return ready().warnings();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves a container's addresses, publishes its ports and tells how to wire it. A container
     * that has an address keeps it, so attaching again after a restart is the same as attaching
     * once. Published ports answer on every address of the host, 127.0.0.1 included, unless a
     * request names one.
     *
     * @throws AttachException if it cannot be, with a sentence for the user: a port is in use, by a
     *                         container or a program of the host, an address is; at most the bridge
     *                         was made
     * @throws IOException     if the bridge cannot be set up
     */
    public Attachment attach(AttachRequest request) throws IOException {
        String containerId = request.containerId();
        checkId(containerId);
        if (settings.bridge().internal() && !request.ports().isEmpty()) {
            throw new AttachException("ports of " + containerId + " cannot be published: the"
                    + " network " + settings.name() + " is internal");
        }
        String hostName = hostName(containerId);
        remover.await(hostName);
        lock.lock();
        try {
            // First: a kernel that tracks connections as a module does so once the bridge has its rules.
            Ready now = ready();
            List<PortMapping> mappings = ports.take(containerId, request.ports(),
                    settings.bridge().ipv6().isPresent());
            boolean again = false;
            boolean done = false;
            try {
                again = now.table().find(containerId).isPresent();
                Lease lease = publish(now, now.table().reserve(request), mappings);
                if (again) {
                    // What the last run may have left would be in the new link's way.
                    socket.requestUnless(Errno.ENODEV, LinkMessages.delete(hostName));
                }
                Attachment attachment = attachment(now, lease, request);
                done = true;
                return attachment;
            } finally {
                if (!done && !again) {
                    abandon(containerId);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What was reserved is not used after all; no link was made. */
    private void abandon(String containerId) throws IOException {
        try {
            leases.delete(containerId);
            if (ready != null) {
                ready.table().forget(containerId);
            }
        } finally {
            ports.release(containerId);
        }
    }

    private Lease publish(Ready now, Lease lease, List<PortMapping> mappings) throws IOException {
        if (lease.ports().equals(mappings)) {
            return lease;
        }
        Lease published = lease.withPorts(mappings);
        now.table().replace(published);
        try {
            change(now, lease, published);
        } catch (IOException refused) {
            now.table().replace(lease);
            throw refused;
        }
        return published;
    }

    /** The name of the host's end of a container's cable to this network. */
    private String hostName(String containerId) {
        return ContainerLink.hostName(containerId, settings.networkId());
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
        IOException stillPublished = null;
        lock.lock();
        try {
            if (leases.holds(containerId)) {
                unpublish(containerId);
                leases.delete(containerId);
            }
            try {
                ports.release(containerId);
            } catch (IOException refused) {
                stillPublished = refused; // and the link goes all the same
            }
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> removed =
                remover.remove(hostName(containerId), () -> forget(containerId));
        if (stillPublished != null) {
            throw stillPublished;
        }
        return removed;
    }

    private void unpublish(String containerId) throws IOException {
        Ready now = ready();
        Optional<Lease> lease = now.table().find(containerId);
        if (lease.isPresent() && !lease.get().ports().isEmpty()) {
            change(now, lease.get(), lease.get().withPorts(List.of()));
            now.table().replace(lease.get().withPorts(List.of()));
            forgetConnections(lease.get());
        }
    }

    /** Otherwise they go on to the old address, also when another container has the port by then. */
    private static void forgetConnections(Lease lease) throws IOException {
        List<InetAddress> addresses = new ArrayList<>(List.of(lease.address()));
        lease.address6().ifPresent(addresses::add);
        TrackedConnections.forget(addresses);
    }

    /** The new lease's ports lead to it; the old one's, where they are others, no longer do. */
    private void change(Ready now, Lease old, Lease next) throws IOException {
        // Sets: there may be ten thousand of them.
        Set<PublishedPort> before = new LinkedHashSet<>(publishedPorts(List.of(old)));
        Set<PublishedPort> after = new LinkedHashSet<>(publishedPorts(List.of(next)));
        Set<PublishedPort> wanted = new LinkedHashSet<>(publishedPorts(now.table().all()));
        wanted.removeAll(before);
        wanted.addAll(after);
        hostBridge.changePorts(now.bridge(),
                before.stream().filter(port -> !after.contains(port)).toList(),
                after.stream().filter(port -> !before.contains(port)).toList(),
                List.copyOf(wanted));
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
            if (ready != null || hostBridge.isThere() || !leases.read().leases().isEmpty()) {
                ready = null;
                ready(); // a bridge that is missing is made; the rules are written anew
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
            ports.release(lease.containerId());
        }
        deleteLinksExcept(liveContainerIds.stream().map(this::hostName)
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

    /** The bridge as it was last seen; empty before the first attach. */
    public Optional<Bridge> bridge() {
        lock.lock();
        try {
            return Optional.ofNullable(ready).map(Ready::bridge);
        } finally {
            lock.unlock();
        }
    }

    /** The subnet it has or had. */
    List<Subnet> remembered() throws IOException {
        return leases.readSubnet().stream().toList();
    }

    /** A container's place; empty if it has none here, or before the first attach. */
    public Optional<Attached> find(String containerId) {
        lock.lock();
        try {
            return ready == null ? Optional.empty() : ready.table().find(containerId)
                    .map(lease -> new Attached(lease, ready.bridge()));
        } finally {
            lock.unlock();
        }
    }

    /** A container's addresses and published ports, and the bridge it hangs on. */
    public record Attached(Lease lease, Bridge bridge) {}

    /** Everyone's place; empty before the first attach. */
    public List<Attached> attached() {
        lock.lock();
        try {
            return ready == null ? List.of() : ready.table().all().stream()
                    .map(lease -> new Attached(lease, ready.bridge())).toList();
        } finally {
            lock.unlock();
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
        return ready != null && hostBridge.stands(ready.bridge()) ? ready : renew();
    }

    /** Until it is done, what was counts. */
    private Ready renew() throws IOException {
        LeaseFolder.Contents contents = leases.read();
        List<InetAddress> nameServers = NameServers.ofHost();
        HostBridge.Ensured ensured = hostBridge.ensure(leases.readSubnet(), nameServers,
                publishedPorts(contents.leases()));
        Bridge bridge = ensured.bridge();
        leases.writeSubnet(bridge.subnet());
        LeaseTable table = new LeaseTable(leases, settings.name(), settings.bridge().peers().isPresent(),
                new AddressPool(bridge.subnet(), settings.range().orElse(bridge.subnet()),
                        List.of(bridge.gateway())),
                bridge.ipv6().map(ipv6 ->
                        new AddressPool(ipv6.subnet(), List.of(ipv6.gateway()))));
        List<String> warnings = new ArrayList<>(ensured.warnings());
        warnings.addAll(contents.warnings());
        warnings.addAll(table.takeOver(contents.leases()));
        for (Lease lease : table.all()) {
            warnings.addAll(ports.takeOver(lease));
        }
        hostBridge.rejoin(bridge, table.addresses().keySet().stream()
                .map(this::hostName).collect(Collectors.toSet()));
        ready = new Ready(bridge, table, List.copyOf(warnings));
        return ready;
    }

    private Attachment attachment(Ready now, Lease lease, AttachRequest request)
            throws IOException {
        List<InetAddress> dnsServers = NameServers.ofHost();
        List<String> warnings = new ArrayList<>(now.warnings());
        if (dnsServers.isEmpty()) {
            warnings.add("the host's resolv.conf names no server a container can reach, so names do"
                    + " not resolve in it; give one with --dns");
        }
        ContainerLink link = link(now, lease);
        List<NetlinkRequest> hostSide =
                new ArrayList<>(link.hostSide(request.namespaceDescriptor()));
        if (!lease.ports().isEmpty() || now.bridge().peers().isPresent()) {
            // Where bridged frames pass the firewall (bridge-nf-call-iptables), a container's way back
            // to itself through a published port, or a service's address, leaves by the bridge port it came in by.
            hostSide.add(LinkMessages.hairpin(link.hostName()));
        }
        return new Attachment(lease.linkName(), lease, now.bridge(),
                link.hardwareAddress(), dnsServers, hostSide, link.containerSide(),
                List.copyOf(warnings));
    }

    private ContainerLink link(Ready now, Lease lease) {
        return new ContainerLink(now.bridge(), hostName(lease.containerId()), lease.address(),
                lease.address6(), lease.number(), lease.way(), lease.linkName());
    }

    /**
     * Makes this network a container's way to elsewhere.
     *
     * @return what is to be sent in the container's network namespace
     */
    List<NetlinkRequest> takeWay(String containerId) throws IOException {
        lock.lock();
        try {
            Ready now = ready();
            Lease lease = now.table().find(containerId).orElseThrow(() -> new AttachException(
                    "container " + containerId + " is not in the network " + settings.name()));
            now.table().replace(lease.asWay());
            return link(now, lease).routes();
        } finally {
            lock.unlock();
        }
    }

    /** Gives a container other names. */
    void rename(String containerId, UnaryOperator<List<String>> names) throws IOException {
        lock.lock();
        try {
            if (ready != null && ready.table().find(containerId).isPresent()) {
                Lease lease = ready.table().find(containerId).get();
                ready.table().replace(lease.withNames(names.apply(lease.names())));
            }
        } finally {
            lock.unlock();
        }
    }

    private List<PublishedPort> publishedPorts(Collection<Lease> leases) {
        return leases.stream()
                .map(lease -> lease.withPorts(lease.ports().stream().map(ports::inside).toList()))
                .flatMap(lease -> lease.publishedPorts().stream()).toList();
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
