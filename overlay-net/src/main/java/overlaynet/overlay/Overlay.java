package overlaynet.overlay;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import linux.socket.NetlinkSocket;
import overlaynet.attach.AttachException;
import overlaynet.attach.HostNetworks;
import overlaynet.audit.KernelTables;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.network.NetworkNames;
import overlaynet.trace.Checkup;
import overlaynet.trace.Hop;

/**
 * This node's part of the networks that nodes share. What is wanted is noted at once and carried out by a thread of
 * its own, which looks at the kernel again and again and mends what is not as it should be. Safe for use by several
 * threads; belongs to the network namespace of the process.
 */
public final class Overlay implements AutoCloseable {
    /** Of UDP, for VXLAN (RFC 7348, 8). */
    public static final int PORT = 4789;
    private static final long AUDIT_MILLIS = 2_000;
    /** A container that has just come asks itself by its service's address no sooner. */
    private static final long LOOK_MILLIS = 20;
    /** A container that has a place and no cable yet is looked at again so soon. */
    private static final long WAIT_MILLIS = 100;

    private final HostNetworks networks;
    private final Policies policies;
    private final FastPaths fastPaths;
    private final Upkeep upkeep;
    private final WayWatch ways;
    private final Consumer<String> journal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private Wanted wanted = Wanted.NOTHING;
    private long wantedNumber;
    /** Networks that were set up, or could not be. */
    private Set<String> done = Set.of();
    private long doneNumber;
    private Map<String, String> failures = Map.of();
    private Map<String, NetworkNames> names = Map.of();
    private Consumer<String> asked;
    private final Map<String, String> refusals = new HashMap<>();
    private final Repairs repairs;
    private long audits;
    private long lastAuditNanos;
    private boolean looks;
    private boolean closed;

    /**
     * What a node is to have.
     *
     * @param nodeId   what it is called in the cluster
     * @param underlay where other nodes' tunnels reach it
     * @param networks all of the cluster's
     */
    public record Wanted(String nodeId, Optional<InetAddress> underlay, List<WantedNetwork> networks) {
        /** Of a node that is in no cluster. */
        public static final Wanted NOTHING = new Wanted("", Optional.empty(), List.of());

        /** Copies the list. */
        public Wanted {
            networks = List.copyOf(networks);
        }

        /** The same with nothing in its networks. */
        Wanted withoutServices() {
            return new Wanted(nodeId, underlay, networks.stream().map(WantedNetwork::withoutServices).toList());
        }

        /** Whether nodes have IPv6 between them. */
        boolean overIpv6() {
            return underlay.filter(each -> each.getAddress().length > Integer.BYTES).isPresent();
        }
    }

    /**
     * Looks after the shared networks among those; does nothing until something is wanted.
     *
     * @param networks stays the caller's to close
     * @param fastPath whether packets of connections that stand may take the fast path where the kernel has one
     * @param journal  told what the operator should know
     */
    public Overlay(HostNetworks networks, boolean fastPath, Consumer<String> journal) {
        this.networks = networks;
        this.repairs = new Repairs(journal, InstantSource.system());
        this.policies = new Policies(networks.tables(), repairs);
        this.fastPaths = new FastPaths(fastPath, networks);
        this.upkeep = new Upkeep(networks, policies, fastPaths, repairs, journal);
        this.ways = new WayWatch(WayTrial.BY_PACKETS, journal);
        this.journal = journal;
        this.thread = Thread.ofPlatform().daemon().name("overlay").unstarted(this::run);
    }

    /** From now on this is to be; returns before it is. */
    public void want(Wanted all) {
        Map<String, NetworkNames> called = new HashMap<>();
        for (WantedNetwork each : all.networks()) {
            if (each.isHere()) {
                called.put(each.id(), each.names());
            }
        }
        lock.lock();
        try {
            wanted = all;
            names = called;
            wantedNumber++;
            if (thread.getState() == Thread.State.NEW && !closed) {
                thread.start();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is found in a network, beside this host's containers; empty if it is not shared, or not here. */
    public Optional<NetworkNames> names(String networkId) {
        lock.lock();
        try {
            return Optional.ofNullable(names.get(networkId));
        } finally {
            lock.unlock();
        }
    }

    /** The cluster's networks that this node has no part of, or could not make its part of. */
    public List<WantedNetwork> elsewhere() {
        Set<String> made = networks.list().stream().map(HostNetworks.Network::id).collect(Collectors.toSet());
        lock.lock();
        try {
            return wanted.networks().stream().filter(each -> !each.isHere() || !made.contains(each.id())).toList();
        } finally {
            lock.unlock();
        }
    }

    /** How much had to be mended that was right before. */
    public long repairs() {
        return repairs.total();
    }

    /** What there is in numbers; empty if this node is in no cluster. */
    public Optional<Figures> figures() {
        lock.lock();
        try {
            List<WantedNetwork> here = wanted.networks().stream().filter(WantedNetwork::isHere).toList();
            List<WantedService> services = here.stream().flatMap(each -> each.services().stream()).toList();
            return wanted.nodeId().isEmpty() ? Optional.empty() : Optional.of(new Figures(repairs.counts(), audits,
                    lastAuditNanos / 1e9, upkeep.errors(), here.size(), (int) here.stream()
                            .flatMap(each -> each.peers().stream()).map(Peer::nodeId).distinct().count(),
                    services.size(), services.stream().flatMap(each -> each.tasks().stream())
                            .filter(each -> !each.leaving()).mapToInt(each -> each.addresses().size()).sum(),
                    ways.troubles().size(), fastPaths.counts()));
        } finally {
            lock.unlock();
        }
    }

    /** Why no container can be in a network yet; empty if it can. */
    public Optional<String> lacking(String networkId) {
        lock.lock();
        try {
            Optional<WantedNetwork> network = wanted.networks().stream()
                    .filter(each -> each.id().equals(networkId)).findFirst();
            if (network.isEmpty()) {
                return Optional.of("this node has not heard of the network " + networkId);
            }
            if (!network.get().isHere()) {
                return Optional.of("this node has no part of the network " + network.get().name() + ": all of it may"
                        + " be given to others (jctl network inspect " + network.get().name() + ")");
            }
            String failure = failures.get(networkId);
            if (failure == null && !done.contains(networkId)) {
                failure = "the network " + network.get().name() + " is being set up on this node";
            }
            return Optional.ofNullable(failure);
        } finally {
            lock.unlock();
        }
    }

    /** A container has come to this host, or to another network: what follows from that is looked at soon. */
    public void look() {
        lock.lock();
        try {
            looks = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Who asks a manager, by name or id, for a part of a network; returns at once. */
    public void asker(Consumer<String> ask) {
        lock.lock();
        try {
            asked = ask;
        } finally {
            lock.unlock();
        }
    }

    /** A network that was asked for cannot be had. */
    public void refused(String name, String why) {
        lock.lock();
        try {
            refusals.put(name, why);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gets a part of the network of that name or id, for a container that is no task.
     *
     * @return whether there is one now; false if this node is in no cluster
     * @throws AttachException if it cannot be had, with the manager's reason
     */
    public boolean obtain(String name, long timeoutMillis) throws AttachException {
        lock.lock();
        try {
            if (asked == null) {
                return false;
            }
            refusals.remove(name);
            long from = wantedNumber;
            asked.accept(name);
            long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (!isReady(name, from)) {
                String why = refusals.remove(name);
                if (why != null) {
                    throw new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, why);
                }
                if (left <= 0) {
                    throw new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, "network " + name
                            + ": no manager gave this node a part of it within " + timeoutMillis / 1_000 + " s");
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new AttachException("the agent ends");
        } finally {
            lock.unlock();
        }
    }

    /** Whether all of it is done that was wanted by then; what is wanted later is not waited for. */
    private boolean isReady(String name, long from) {
        return doneNumber >= from && wanted.networks().stream().anyMatch(each -> each.isHere() && done.contains(each.id())
                && (each.name().equals(name) || each.id().startsWith(name)) && !failures.containsKey(each.id()));
    }

    /**
     * Looks at each hop from a container of this host to another address or name, and tries it.
     *
     * @param containerId whose
     * @param pid         a process of it, as the host numbers it
     * @param target      a name or an address
     * @param port        of TCP, to try; 0 = none
     * @throws AttachException if the container is in no network that nodes share
     */
    public List<Hop> trace(String containerId, int pid, String target, int port) throws IOException {
        HostNetworks.Place place = null;
        Tracing tracing = null;
        for (HostNetworks.Place each : networks.places(containerId)) {
            Optional<Tracing> here = each.network().isShared() ? tracing(each.network().id()) : Optional.empty();
            boolean better = here.isPresent() && (tracing == null || here.get().knows(target));
            if (better) {
                place = each;
                tracing = here.get();
            }
        }
        if (tracing == null) {
            throw new AttachException("container " + containerId + " is in no network that nodes share: there is nothing"
                    + " to trace between nodes");
        }
        return tracing.trace(place, pid, target, port);
    }

    /** What is wanted of a network; empty if it is none of the cluster's. */
    public Optional<WantedNetwork> network(String networkId) {
        lock.lock();
        try {
            return wanted.networks().stream().filter(each -> each.id().equals(networkId)).findFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What policies of networks have done on this node.
     *
     * @param name of the network, its id or the beginning of that; {@code ""} = all
     */
    public List<Flows> flows(String name) throws IOException {
        List<WantedNetwork> some;
        lock.lock();
        try {
            some = wanted.networks().stream().filter(each -> name.isEmpty() || each.name().equals(name)
                    || each.id().startsWith(name)).toList();
        } finally {
            lock.unlock();
        }
        if (some.isEmpty() && !name.isEmpty()) {
            throw new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, "there is no overlay network " + name
                    + ": `jctl network ls` lists them");
        }
        return policies.flows(some);
    }

    /**
     * Looks at all that shared networks need of this node, and tries the ways to the others.
     *
     * @param text a network's name or the beginning of its id; {@code ""} = all that this node has a part of
     * @throws AttachException if this node is in no cluster, or has no part of that network
     */
    public List<Hop> examine(String text) throws IOException {
        Wanted now;
        lock.lock();
        try {
            now = wanted;
        } finally {
            lock.unlock();
        }
        if (now.nodeId().isEmpty()) {
            throw new AttachException("this node is in no cluster: it has no networks that nodes share");
        }
        List<WantedNetwork> looked = now.networks().stream().filter(WantedNetwork::isHere).filter(each -> text.isEmpty()
                || each.name().equals(text) || each.id().startsWith(text)).toList();
        if (looked.isEmpty() && !text.isEmpty()) {
            throw new AttachException(AttachException.Kind.NETWORK_NOT_FOUND, "this node has no part of a network "
                    + text
                    + " that nodes share: ask a node that has a task in it");
        }
        Map<String, String> lacks = new HashMap<>();
        looked.forEach(each -> lacking(each.id()).ifPresent(why -> lacks.put(each.id(), why)));
        return Checkup.of(new Examination(networks, now, looked, lacks, repairs, reached(), fastPaths.lacking()).evidence());
    }

    private Optional<Tracing> tracing(String networkId) {
        Optional<String> lacks = lacking(networkId);
        lock.lock();
        try {
            return wanted.networks().stream().filter(each -> each.id().equals(networkId) && each.isHere()).findFirst()
                    .map(each -> new Tracing(networks, wanted, each, names.get(networkId), lacks,
                            upkeep.leadsToTasks()));
        } finally {
            lock.unlock();
        }
    }

    /** What this host reaches by other ways than its parts of shared networks. */
    public List<Subnet> reached() throws IOException {
        return Upkeep.reached(networks);
    }

    private void run() {
        try (NetlinkSocket socket = NetlinkSocket.route(); KernelTables tables = new KernelTables(socket)) {
            long nextAuditNanos = System.nanoTime();
            while (true) {
                Wanted now;
                long number;
                boolean news;
                boolean due;
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                    now = wanted;
                    number = wantedNumber;
                    news = number != doneNumber;
                    due = System.nanoTime() - nextAuditNanos >= 0;
                    looks = false;
                } finally {
                    lock.unlock();
                }
                if (!due && news && upkeep.attemptServices(now, socket)) {
                    noteDone(now, number, Map.of());
                } else if (due || news) {
                    long begun = System.nanoTime();
                    Map<String, String> failed = upkeep.attempt(now, tables, socket);
                    nextAuditNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AUDIT_MILLIS);
                    noteAudit(System.nanoTime() - begun);
                    noteDone(now, number, failed);
                    ways.follow(ways(now, failed.keySet()));
                } else {
                    upkeep.follow(now, socket);
                }
                rest(number, upkeep.waits() ? Math.min(nextAuditNanos - System.nanoTime(),
                        TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS)) + System.nanoTime() : nextAuditNanos);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } catch (IOException noSocket) {
            journal.accept("networks that nodes share are looked after no more until the agent is restarted: " + noSocket);
        }
    }

    /** To all other nodes that have a part of a network that stands here. */
    private List<Way> ways(Wanted now, Set<String> failed) {
        List<Way> all = new ArrayList<>();
        for (WantedNetwork network : now.networks()) {
            if (network.isHere() && !failed.contains(network.id())) {
                int mtuBytes;
                try {
                    mtuBytes = Tracing.mtuBytes(networks, network);
                } catch (IOException gone) {
                    continue; // meanwhile: the next round says so
                }
                network.peers().stream().filter(peer -> !Optional.of(peer.underlay()).equals(now.underlay())).forEach(peer ->
                        all.add(new Way(network.name(), peer.nodeId(), peer.underlay(), peer.blocks().getFirst().at(1), mtuBytes,
                                network.aroundBytes(now.overIpv6()), network.tunnels())));
            }
        }
        return all;
    }

    /** Which ways to other nodes do not hold although the nodes answer, and what to do about it, a sentence each. */
    public List<String> troubles() {
        return ways.troubles();
    }

    private void noteAudit(long nanos) {
        lock.lock();
        try {
            audits++;
            lastAuditNanos = nanos;
        } finally {
            lock.unlock();
        }
    }

    private void noteDone(Wanted now, long number, Map<String, String> failed) {
        lock.lock();
        try {
            failures = failed;
            Set<String> tried = new HashSet<>();
            now.networks().stream().filter(WantedNetwork::isHere).forEach(each -> tried.add(each.id()));
            done = tried;
            doneNumber = number;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until there is something to do. Containers come in crowds, and each of them starts while this thread would look. */
    private void rest(long number, long nextNanos) throws InterruptedException {
        lock.lock();
        try {
            while (wantedNumber == number && !closed && !looks && nextNanos - System.nanoTime() > 0) {
                changed.awaitNanos(nextNanos - System.nanoTime());
            }
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
            while (wantedNumber == number && !closed && looks && end - System.nanoTime() > 0) {
                changed.awaitNanos(end - System.nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /** What stands stays; containers go on. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        ways.close();
        upkeep.close();
    }
}
