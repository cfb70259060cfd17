package overlaynet.overlay;

import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import linux.netlink.LinkInfo;
import linux.socket.NetlinkSocket;
import overlaynet.attach.HostNetworks;
import overlaynet.audit.KernelTables;
import overlaynet.audit.Repair;
import overlaynet.audit.TunnelSettings;
import overlaynet.ipam.Subnet;
import overlaynet.link.HostNetwork;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.mesh.Routing;
import overlaynet.network.NetworkDefinition;

/** Makes the kernel have what is wanted of shared networks, and mends it. Of one thread, unless it is said otherwise. */
final class Upkeep implements AutoCloseable {
    private static final int ETHERNET_MTU_BYTES = 1_500;
    /** What was said so often is said again. */
    private static final int MOST_TOLD = 1_000;

    private final HostNetworks networks;
    private final Balance balance;
    private final Policies policies;
    private final ReturnPaths returns;
    private final FastPaths fastPaths;
    private final Repairs repairs;
    private final Consumer<String> journal;
    private final Set<String> told = new HashSet<>();
    private final AtomicLong errors = new AtomicLong();
    /** What leads to other nodes, as it was wanted when its rows were last sent. */
    private final Map<String, Object> mendedLast = new HashMap<>();
    private volatile boolean leadsToTasks = true;
    /** What the whole of was made last, without a failure; empty if something failed. */
    private Optional<Overlay.Wanted> made = Optional.empty();

    Upkeep(HostNetworks networks, Policies policies, FastPaths fastPaths, Repairs repairs, Consumer<String> journal) {
        this.networks = networks;
        this.balance = new Balance(networks, repairs);
        this.policies = policies;
        this.fastPaths = fastPaths;
        this.returns = new ReturnPaths(networks.tables(), repairs);
        this.repairs = repairs;
        this.journal = journal;
    }

    /** How often this program itself failed; for any thread. */
    long errors() {
        return errors.get();
    }

    /** Whether services' addresses lead to tasks; for any thread. */
    boolean leadsToTasks() {
        return leadsToTasks;
    }

    /** Whether something that is about to come is to be looked at soon; for the thread that looks. */
    boolean waits() {
        return fastPaths.waits();
    }

    /** What this host reaches by other ways than its parts of shared networks. */
    static List<Subnet> reached(HostNetworks networks) throws IOException {
        Set<String> own = new HashSet<>();
        for (HostNetworks.Network each : networks.list()) {
            each.definition().flatMap(NetworkDefinition::shared).ifPresent(shared -> {
                own.add(each.linkName());
                own.add(Mesh.linkName(shared.number()));
            });
        }
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            return HostNetwork.read(socket).takenBeside(own);
        }
    }

    /**
     * Makes it so if nothing but services is other than what was made last, without a look at all the rest: a cluster's tasks come
     * and go all the time, and every node of their networks hears of each.
     *
     * @return whether that is all there was to do
     */
    boolean attemptServices(Overlay.Wanted now, NetlinkSocket socket) {
        if (made.isEmpty() || !balance.isMade() || !made.get().withoutServices().equals(now.withoutServices())
                || !returning(made.get()).equals(returning(now))) {
            return false;
        }
        made = Optional.empty();
        try {
            balance.follow(now.networks());
            for (WantedNetwork each : now.networks()) {
                if (each.isHere()) {
                    policies.keep(each);
                }
            }
            balance.refusals().forEach(this::tell);
            followContainers(now, socket);
            made = Optional.of(now);
            return true;
        } catch (IOException | RuntimeException damaged) {
            count(damaged);
            return false; // a whole round says what it is
        }
    }

    /** Networks whose answers need a way back, as some service wants it. */
    private static Set<String> returning(Overlay.Wanted all) {
        return all.networks().stream().filter(ReturnPaths::isNeeded).map(WantedNetwork::id).collect(Collectors.toSet());
    }

    /** Whatever goes wrong, the next round tries again. */
    Map<String, String> attempt(Overlay.Wanted now, KernelTables tables, NetlinkSocket socket) {
        made = Optional.empty();
        try {
            Map<String, String> failed = round(now, tables, socket);
            made = failed.isEmpty() ? Optional.of(now) : Optional.empty();
            return failed;
        } catch (IOException | RuntimeException broken) {
            count(broken);
            tell("networks that nodes share cannot be looked after, which is tried again: " + broken);
            Map<String, String> all = new LinkedHashMap<>();
            now.networks().stream().filter(WantedNetwork::isHere).forEach(each -> all.put(each.id(), broken.toString()));
            return all;
        }
    }

    /** Makes all of it so; the reasons of what cannot be, by network. */
    private Map<String, String> round(Overlay.Wanted now, KernelTables tables, NetlinkSocket socket) throws IOException {
        follow(now, socket); // what cannot wait; the rest of a round lists rules and rows
        TunnelSettings settings = new TunnelSettings(socket);
        Map<String, String> failed = new LinkedHashMap<>();
        Set<String> here = new HashSet<>();
        Optional<LinkInfo> outside = now.networks().stream().anyMatch(WantedNetwork::isHere) ? outside(now, socket)
                : Optional.empty();
        for (WantedNetwork each : now.networks()) {
            if (each.isHere()) {
                here.add(each.id());
                try {
                    policies.keep(each); // before its bridge stands: no container is in it unguarded
                    keep(each, now, outside, tables, settings);
                } catch (IOException | RuntimeException refused) {
                    count(refused);
                    String why = refused instanceof IOException ? refused.getMessage() : refused.toString();
                    failed.put(each.id(), why);
                    tell("network " + each.name() + ": " + why);
                }
            }
        }
        mendedLast.keySet().retainAll(here);
        keepForwarding(now);
        keepLoopbackRouting(now, outside, failed.keySet());
        for (HostNetworks.Network each : networks.list()) {
            if (each.isShared() && !here.contains(each.id())) {
                try {
                    networks.unshare(each.id());
                } catch (IOException used) {
                    tell("network " + each.name() + ", which the cluster has no more, stays: " + used.getMessage());
                }
            }
        }
        try {
            policies.sweep(now.networks());
            returns.sweep(now.networks());
        } catch (IOException stays) {
            tell("rules of networks that are gone stay: " + stays.getMessage());
        }
        try {
            balance.keep(now.networks());
            leadsToTasks = true;
            balance.refusals().forEach(this::tell);
        } catch (IOException refused) {
            here.forEach(each -> failed.putIfAbsent(each, refused.getMessage()));
            leadsToTasks = false;
            tell("services' addresses lead nowhere: " + refused.getMessage());
        }
        try {
            fastPaths.keep(now.networks(), socket);
        } catch (IOException refused) {
            tell(refused.getMessage());
        }
        return failed;
    }

    /** Where connections go from now on, and what has just come. */
    void follow(Overlay.Wanted now, NetlinkSocket socket) {
        try {
            balance.follow(now.networks());
        } catch (IOException | RuntimeException damaged) {
            count(damaged);
            tell("services' addresses are made anew: " + damaged.getMessage()); // by the next whole round
        }
        followContainers(now, socket);
    }

    private void followContainers(Overlay.Wanted now, NetlinkSocket socket) {
        try {
            fastPaths.follow(now.networks(), socket);
        } catch (IOException | RuntimeException refused) {
            count(refused);
            tell(refused.getMessage() == null ? refused.toString() : refused.getMessage());
        }
    }

    private void count(Exception broken) {
        if (broken instanceof RuntimeException) {
            errors.incrementAndGet();
        }
    }

    private void keepForwarding(Overlay.Wanted now) {
        List<WantedNetwork> here = now.networks().stream().filter(WantedNetwork::isHere).toList();
        if (here.isEmpty()) {
            return;
        }
        try {
            for (String each : networks.keepForwarding(here.stream().anyMatch(network -> network.block().size() > 1))) {
                repairs.note(Repair.FORWARDING, 1, "the host passed no packets of " + each
                        + " on any more, and does again: see"
                        + " who turned it off (sysctl)");
            }
        } catch (IOException refused) {
            tell("the host passes no packets on, and that cannot be turned on: " + refused.getMessage());
        }
    }

    private void keep(WantedNetwork network, Overlay.Wanted now, Optional<LinkInfo> outside, KernelTables tables, TunnelSettings settings)
            throws IOException {
        InetAddress underlay = now.underlay().orElseThrow(() -> new IOException("this node has no address that other"
                + " nodes' tunnels could reach: give its agent one with --cluster-addr"));
        List<Peer> peers = network.peers().stream().filter(each -> !each.underlay().equals(underlay)).toList();
        if (peers.size() < network.peers().size()) {
            tell("network " + network.name() + ": another node says that it has this node's address "
                    + underlay.getHostAddress() + ", and is left out");
        }
        NetworkDefinition definition = network.definition(bytes(outside) - network.aroundBytes(now.overIpv6()));
        checkOverlap(network);
        checkEncryption(network, tables);
        checkRouting(network, underlay);
        networks.share(definition, mended -> repairs.note(mended, 1, "network " + network.name() + ": its "
                + (mended == Repair.BRIDGE ? "bridge was" : "rules were") + " not as made, and"
                + (mended == Repair.BRIDGE ? " is" : " are") + " there again"));
        if (network.routed()) {
            Routing routing = network.routing(peers);
            note(tables.mend(routing).size(), network, routing);
            return;
        }
        Mesh mesh = network.mesh(now.nodeId(), underlay, definition.mtuBytes().getAsInt(), peers);
        note(tables.mend(mesh).size(), network, mesh);
        returns.keep(network, peers);
        settings.keep(mesh.linkName(), ReturnPaths.isNeeded(network));
    }

    /** Rows that lacked although nothing else was wanted than the last time were right before. */
    private void note(int count, WantedNetwork network, Object wanted) {
        if (count > 0 && wanted.equals(mendedLast.put(network.id(), wanted))) {
            repairs.note(Repair.ROW, count, "network " + network.name() + ": " + count
                    + " rows of the kernel's tables were"
                    + " not as they should be, and were mended");
        }
    }

    /** Only as long as it is new: its own rows would be found otherwise. */
    private void checkOverlap(WantedNetwork network) throws IOException {
        if (networks.list().stream().anyMatch(each -> each.id().equals(network.id()))) {
            return;
        }
        for (Subnet wide : network.subnets()) {
            for (Subnet each : reached(networks)) {
                if (each.prefixLength() > 0 && each.overlaps(wide)) {
                    throw new IOException("its subnet " + wide + " overlaps " + each + ", which this host reaches"
                            + " already (ip route show table all); make the network with another --subnet");
                }
            }
        }
    }

    /** Before anything of it is made: without encryption it must not be there at all. */
    private static void checkEncryption(WantedNetwork network, KernelTables tables) throws IOException {
        if (network.encryption().on() && !tables.hasWireGuard()) {
            throw new IOException(KernelTables.NO_WIREGUARD);
        }
        if (network.encryption().on() && network.encryption().secret().isEmpty()) {
            throw new IOException("it is encrypted, and the managers have not told the other nodes yet which key this node"
                    + " has: that takes a session with a manager, and some seconds");
        }
    }

    /** Before anything of it is made, too: its packets would take a way that leads elsewhere. */
    private static void checkRouting(WantedNetwork network, InetAddress underlay) throws IOException {
        if (network.routed() && underlay.getAddress().length > Integer.BYTES) {
            throw new IOException("its nodes lead to each other by plain routes of IPv4, and this node is known to others by "
                    + underlay.getHostAddress() + ": give its agent an IPv4 address with --cluster-addr, keep tasks of the"
                    + " network from it (--constraint), or make the network without --backend host-gw");
        }
    }

    /** Of ports of this host that are asked for at 127.0.0.1, and led to tasks of other nodes. */
    private void keepLoopbackRouting(Overlay.Wanted now, Optional<LinkInfo> outside, Set<String> failed) {
        // Of one that could not be made no rules guard the loopback addresses.
        boolean routed = now.networks().stream().anyMatch(each -> each.isHere() && each.routed() && !each.internal()
                && !failed.contains(each.id()));
        try {
            networks.keepLoopbackRouting(routed ? outside.map(LinkInfo::name).map(Set::of).orElse(Set.of()) : Set.of());
        } catch (IOException refused) {
            tell("ports of host-gw networks lead from 127.0.0.1 to tasks of this node alone: " + refused);
        }
    }

    /** The largest packet in a network that says of none. */
    static int mtuBytes(Overlay.Wanted now, WantedNetwork network, NetlinkSocket socket) throws IOException {
        return bytes(outside(now, socket)) - network.aroundBytes(now.overIpv6());
    }

    /** The link between the nodes. */
    private static Optional<LinkInfo> outside(Overlay.Wanted now, NetlinkSocket socket) throws IOException {
        return now.underlay().flatMap(HostNetwork.read(socket)::linkOf);
    }

    /** The largest packet between the nodes. */
    private static int bytes(Optional<LinkInfo> outside) {
        // Loopback's 65536, less what is around a packet, is more than a packet can have.
        return Math.min(outside.map(LinkInfo::mtuBytes).filter(each -> each > 0).orElse(ETHERNET_MTU_BYTES),
                ETHERNET_MTU_BYTES * 6);
    }

    private void tell(String what) {
        if (told.size() > MOST_TOLD) {
            told.clear();
        }
        if (told.add(what)) {
            journal.accept(what);
        }
    }

    @Override
    public void close() {
        balance.close();
        fastPaths.close();
    }
}
