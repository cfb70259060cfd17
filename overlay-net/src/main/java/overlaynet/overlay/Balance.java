package overlaynet.overlay;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.HostNetworks;
import overlaynet.audit.Repair;
import overlaynet.balance.VirtualPort;
import overlaynet.link.BalanceTable;
import overlaynet.link.PortRequest;
import overlaynet.link.TrackedConnections;
import overlaynet.link.TransportProtocol;

/** The table that leads services' addresses to their tasks, as it was last made. */
final class Balance implements AutoCloseable {
    private static final int LOOKS_PART = 20;

    private final HostNetworks networks;
    private Optional<BalanceTable> table = Optional.empty();
    private List<VirtualPort> ports = List.of();
    private List<InetAddress> local = List.of();
    private Set<InetAddress> reached = Set.of();
    private Set<InetAddress> lost = Set.of();
    private List<String> refusals = List.of();
    private boolean cleared;

    private final Repairs repairs;
    /** Reading all elements takes a twentieth of the time at most. */
    private long nextLookNanos = System.nanoTime();

    Balance(HostNetworks networks, Repairs repairs) {
        this.networks = networks;
        this.repairs = repairs;
    }

    /** Whether there is a table, as far as this program knows. */
    boolean isMade() {
        return table.isPresent();
    }

    /** Leads connections as they are to go now, if there is a table; whether it still stands is not looked at. */
    void follow(List<WantedNetwork> wanted) throws IOException {
        if (table.isPresent()) {
            forgetGone(wanted);
            change(wantedPorts(wanted));
            forgetLost(wanted);
        }
    }

    /** Makes it so, whatever became of the table; nothing is made for networks without services. */
    void keep(List<WantedNetwork> wanted) throws IOException {
        forgetGone(wanted);
        List<VirtualPort> wantedPorts = wantedPorts(wanted);
        if (wantedPorts.isEmpty()) {
            if (!cleared) {
                forget();
                networks.tables().removeBalance(); // also that of an agent before this one, which leads to nobody
                cleared = true;
            }
            return;
        }
        cleared = false;
        if (table.isPresent() && !table.get().stands()) {
            forget();
            repairs.note(Repair.SERVICES, 1,
                    "the table that leads services' addresses to tasks was not as it should be, and is"
                    + " made anew");
        }
        if (table.isEmpty()) {
            table = Optional.of(networks.tables().balance());
        }
        change(wantedPorts);
        forgetLost(wanted);
        lookAtElements();
    }

    private void lookAtElements() throws IOException {
        long begun = System.nanoTime();
        if (begun - nextLookNanos < 0 || !table.get().mayBeTouched()) {
            return;
        }
        boolean done = false;
        try {
            int mended = table.get().mend(ports, local);
            if (mended > 0) {
                repairs.note(Repair.ELEMENT, mended,
                        "elements of the table that leads services' addresses to tasks were not"
                        + " as they should be, and were mended (" + mended + ")");
            }
            done = true;
        } finally {
            nextLookNanos = System.nanoTime() + (System.nanoTime() - begun) * LOOKS_PART;
            if (!done) {
                forget(); // what it has now nobody knows: it is made anew
            }
        }
    }

    private List<VirtualPort> wantedPorts(List<WantedNetwork> wanted) throws IOException {
        Set<VirtualPort> refused = refused(wanted);
        return wanted.stream().filter(WantedNetwork::isHere)
                .flatMap(each -> each.virtualPorts().stream()).filter(each -> !refused.contains(each)).toList();
    }

    private void change(List<VirtualPort> wantedPorts) throws IOException {
        List<InetAddress> wantedLocal = local();
        boolean done = false;
        try {
            if (!ports.equals(wantedPorts)) {
                table.get().change(ports, wantedPorts);
                ports = wantedPorts;
            }
            if (!local.equals(wantedLocal)) {
                table.get().changeLocal(local, wantedLocal);
                local = wantedLocal;
            }
            done = true;
        } finally {
            if (!done) {
                forget(); // what it has now nobody knows: it is made anew
            }
        }
    }

    /** Connections to tasks that have ended lead nowhere any more. */
    private void forgetGone(List<WantedNetwork> wanted) throws IOException {
        Set<InetAddress> wantedReached = addresses(wanted, each -> true);
        TrackedConnections.forget(reached.stream().filter(each -> !wantedReached.contains(each)).toList());
        reached = wantedReached;
    }

    /**
     * What is asked of a lost node's tasks in datagrams is asked of others from now on, once the table leads there. Connections that
     * have an end of their own go on: perhaps the node is lost to the managers alone.
     */
    private void forgetLost(List<WantedNetwork> wanted) throws IOException {
        Set<InetAddress> wantedLost = addresses(wanted, WantedTask::lost);
        TrackedConnections.forgetDatagrams(wantedLost.stream().filter(each -> !lost.contains(each)).toList());
        lost = wantedLost;
    }

    private static Set<InetAddress> addresses(List<WantedNetwork> wanted, Predicate<WantedTask> which) {
        return wanted.stream().filter(WantedNetwork::isHere).flatMap(each -> each.services().stream())
                .flatMap(each -> each.tasks().stream()).filter(which).flatMap(each -> each.addresses().stream())
                .collect(Collectors.toSet());
    }

    /** Why ports of this host lead to no service, a sentence each. */
    List<String> refusals() {
        return refusals;
    }

    /** Ports that others of this host have stay theirs. */
    private Set<VirtualPort> refused(List<WantedNetwork> wanted) throws IOException {
        Map<PortRequest, List<VirtualPort>> own = new LinkedHashMap<>();
        for (WantedNetwork network : wanted) {
            if (network.isHere()) {
                network.virtualPorts().stream().filter(VirtualPort::isEverywhere).forEach(each -> own.computeIfAbsent(new PortRequest(
                                Optional.empty(), each.port(), each.port(),
                                TransportProtocol.valueOf(each.protocol().name()), each.port()),
                                key -> new ArrayList<>()).add(each));
            }
        }
        Map<PortRequest, String> why = networks.reserve(own.keySet());
        refusals = why.values().stream().map(each -> "a service's port does not lead to it on this node: " + each).toList();
        return why.keySet().stream().flatMap(each -> own.get(each).stream()).collect(Collectors.toSet());
    }

    private void forget() {
        table.ifPresent(BalanceTable::close);
        table = Optional.empty();
        ports = List.of();
        local = List.of();
    }

    private List<InetAddress> local() throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (HostNetworks.Network each : networks.list()) {
            if (each.isShared()) {
                for (BridgeAttacher.Attached attached : networks.members(each)) {
                    addresses.add(attached.lease().address());
                    attached.lease().address6().ifPresent(addresses::add);
                }
            }
        }
        return addresses;
    }

    @Override
    public void close() {
        forget();
    }
}
