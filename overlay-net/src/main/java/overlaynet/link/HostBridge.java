package overlaynet.link;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import linux.abi.Errno;
import linux.netlink.AddressMessages;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.RouteInfo;
import linux.socket.NetlinkSocket;
import linux.syscall.OwnUserNamespace;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Routing;

/**
 * The bridge of one agent on its host: the link, its address, forwarding and address translation.
 *
 * <p>Everything is done in the network namespace of the calling thread, which must be the one the
 * netlink socket was opened in.
 */
public final class HostBridge {
    private static final Path LINKS = Path.of("/sys/class/net");
    /** Keeps agents that start at the same moment from choosing the same subnet. */
    private static final Path LOCK_FILE = Path.of("/run/jctl-network.lock");
    /** A file lock belongs to the whole JVM and cannot be waited for by two of its threads. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    private final BridgeSettings settings;
    private final NetlinkSocket socket;
    private final SharedNftables nftables;
    /** The table's rules as they were when they were made; empty if there are none. */
    private volatile String rules = "";

    /**
     * @param socket   a route socket of the host's network namespace; stays the caller's to close
     * @param nftables of the same namespace; stays the caller's to close
     */
    public HostBridge(BridgeSettings settings, NetlinkSocket socket, SharedNftables nftables) {
        this.settings = settings;
        this.socket = socket;
        this.nftables = nftables;
    }

    /**
     * What stands.
     *
     * @param bridge   ready to take containers
     * @param warnings what does not work and how to mend it, a sentence each; empty if all is well
     */
    public record Ensured(Bridge bridge, List<String> warnings) {}

    /**
     * Makes the bridge stand: adopts what is there, adds what is missing, replaces its own rules.
     *
     * @param remembered  the subnet it had before, kept if still free
     * @param nameServers addresses its subnet must not cover
     * @param ports       ports published so far; those of other subnets are left out
     * @throws BridgeException if something is in the way that this may not remove
     */
    public Ensured ensure(Optional<Subnet> remembered, List<InetAddress> nameServers,
            List<PublishedPort> ports) throws IOException {
        if (!OwnUserNamespace.isInitial()) {
            // An ordinary user's agent has its network namespace to itself.
            return ensureLocked(remembered, nameServers, ports);
        }
        LOCK.lock();
        try (FileChannel file = FileChannel.open(LOCK_FILE, StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            if (!held.isValid()) {
                throw new IOException("lost the lock on " + LOCK_FILE);
            }
            return ensureLocked(remembered, nameServers, ports);
        } finally {
            LOCK.unlock();
        }
    }

    private Ensured ensureLocked(Optional<Subnet> remembered, List<InetAddress> nameServers,
            List<PublishedPort> ports) throws IOException {
        List<Subnet> avoid = nameServers.stream()
                .map(address -> Subnet.containing(address, address.getAddress().length * 8))
                .toList();
        BridgeDecision decision =
                BridgeDecision.decide(settings, remembered, avoid, HostNetwork.read(socket));
        return switch (decision) {
            case BridgeDecision.Refuse(String reason) -> throw new BridgeException(reason);
            case BridgeDecision.Build build -> build(build, ports);
        };
    }

    private Ensured build(BridgeDecision.Build build, List<PublishedPort> ports)
            throws IOException {
        String name = settings.linkName();
        if (build.create()) {
            socket.request(LinkMessages.createBridge(name, build.address(), build.mtuBytes()));
        }
        try {
            LinkInfo link = find().orElseThrow(
                    () -> new BridgeException("the bridge " + name
                            + " vanished while it was set up"));
            if (build.addGateway()) {
                socket.request(AddressMessages.add(build.gateway(), build.subnet().prefixLength(),
                        link.index()));
            }
            if (build.bringUp()) {
                socket.request(LinkMessages.up(link.index()));
            }
            Bridge bridge = new Bridge(name, link.index(), build.subnet(), build.gateway(),
                    settings.ipv6(), settings.internal(), build.mtuBytes(), settings.peers());
            List<String> warnings = new ArrayList<>();
            if (!settings.internal() || settings.peers().isPresent()) {
                warnings.addAll(Forwarding.enable(bridge.ipv6().isPresent()));
            }
            Forwarding.refuseRouters(name);
            if (build.addIpv6().isPresent()) {
                socket.requestUnless(Errno.EEXIST, AddressMessages.add(
                        build.addIpv6().get().gateway(),
                        build.addIpv6().get().subnet().prefixLength(), link.index()));
            }
            warnings.addAll(installRules(bridge, ports));
            return new Ensured(bridge, List.copyOf(warnings));
        } catch (IOException failed) {
            if (build.create()) {
                undo(failed);
            }
            throw failed;
        }
    }

    private void removeWays(Bridge.Peers peers) throws IOException {
        if (peers.tunnel().isPresent()) {
            socket.requestUnless(Errno.ENODEV, LinkMessages.delete(peers.tunnel().get()));
            return;
        }
        for (RouteInfo each : HostNetwork.read(socket).routes()) {
            if (Routing.isOwn(each, peers.subnets())) {
                socket.requestUnless(Errno.ESRCH, Routing.delete(each));
            }
        }
    }

    private void undo(IOException failed) {
        try {
            remove();
        } catch (IOException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    /** Makes links of containers ports of the bridge again, after it was made anew. */
    public void rejoin(Bridge bridge, Set<String> hostNames) throws IOException {
        for (LinkInfo link : HostNetwork.read(socket).links()) {
            if (hostNames.contains(link.name()) && link.master().orElse(0) != bridge.index()) {
                socket.request(LinkMessages.setMaster(link.index(), bridge.index()));
            }
        }
    }

    /** Name of the bridge's link, whether it exists or not. */
    public String linkName() {
        return settings.linkName();
    }

    /** Whether the bridge is still the link it was, with one cheap question to the kernel. */
    public boolean stands(Bridge bridge) throws IOException {
        return find().filter(link -> link.index() == bridge.index() && link.up()).isPresent();
    }

    /** Whether the host has a link of the bridge's name. */
    public boolean isThere() {
        return Files.exists(LINKS.resolve(settings.linkName()));
    }

    /** Deletes the bridge and its table; containers that use it lose their network. */
    public void remove() throws IOException {
        socket.requestUnless(Errno.ENODEV, LinkMessages.delete(settings.linkName()));
        if (settings.peers().isPresent()) {
            removeWays(settings.peers().get());
        }
        try {
            nftables.use(context -> context.run(ForwardRules.remove(settings.tableName())));
        } catch (NftablesMissingException missing) {
            return; // without the library no table was ever made
        }
    }

    /**
     * Makes ports of the host lead to containers, or no longer; all of the changes or none. Where
     * the bridge's table is not as it should be, it is written anew. Connections go on until they
     * end.
     *
     * @param removed ports that are published now
     * @param added   ports that are not
     * @param wanted  all that are to be published afterwards
     * @throws BridgeException if nftables is not installed
     */
    public void changePorts(Bridge bridge, List<PublishedPort> removed, List<PublishedPort> added,
            List<PublishedPort> wanted) throws IOException {
        if (removed.isEmpty() && added.isEmpty()) {
            return;
        }
        String table = settings.tableName();
        try {
            nftables.use(context -> {
                try {
                    return context.run(ForwardRules.unpublish(table, removed)
                            + ForwardRules.publish(table, added));
                } catch (NftablesException unexpected) {
                    String told = context.run(ForwardRules.install(table, bridge, wanted));
                    rules = listed(context);
                    return told;
                }
            });
        } catch (NftablesMissingException missing) {
            throw new BridgeException("ports cannot be published: " + missing.getMessage());
        }
    }

    /** Whether its rules are still those it made, whatever ports are published; what the rules count does not matter. */
    public boolean rulesStand() throws IOException {
        if (rules.isEmpty()) {
            return true;
        }
        try {
            return nftables.use(context -> {
                try {
                    return listed(context).equals(rules);
                } catch (NftablesException gone) {
                    return false;
                }
            });
        } catch (NftablesMissingException missing) {
            return true; // there are none, which was said when the bridge was made
        }
    }

    /** Whether it has made rules. */
    public boolean hasRules() {
        return !rules.isEmpty();
    }

    private String listed(Nftables context) throws NftablesException {
        return context.runTerse("list table inet " + settings.tableName())
                .replaceAll("counter packets [0-9]+ bytes [0-9]+", "counter");
    }

    private Optional<LinkInfo> find() throws IOException {
        Optional<byte[]> answer =
                socket.get(LinkMessages.get(settings.linkName()), Errno.ENODEV);
        try {
            return answer.isEmpty() ? Optional.empty() : Optional.of(LinkInfo.decode(answer.get()));
        } catch (MalformedReplyException malformed) {
            throw new IOException(malformed.getMessage(), malformed);
        }
    }

    private List<String> installRules(Bridge bridge, List<PublishedPort> ports)
            throws IOException {
        List<PublishedPort> inside = ports.stream().filter(port ->
                bridge.subnet().contains(port.containerAddress()) || bridge.ipv6().isPresent()
                        && bridge.ipv6().get().subnet().contains(port.containerAddress())).toList();
        try {
            return nftables.use(context -> {
                context.run(ForwardRules.install(settings.tableName(), bridge, inside));
                rules = listed(context);
                // Only now: the rules keep containers from the host's loopback addresses.
                Files.writeString(Path.of("/proc/sys/net/ipv4/conf", settings.linkName(),
                        "route_localnet"), "1");
                return firewallWarnings(context);
            });
        } catch (NftablesMissingException missing) {
            return List.of("containers reach this host only, their addresses are not translated: "
                    + missing.getMessage() + ", then restart the agent");
        }
    }

    private List<String> firewallWarnings(Nftables context) throws NftablesException {
        List<String> warnings = new ArrayList<>();
        if (!settings.internal()) {
            warnings.addAll(HostFirewall.warnings(context, settings.linkName()));
        }
        if (settings.subnet().isPresent()) { // one that somebody made, which has names
            warnings.addAll(HostFirewall.resolverWarnings(context, settings.linkName()));
        }
        return warnings;
    }
}
