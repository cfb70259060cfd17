package clusterd.dispatch;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import linux.netlink.NetlinkRequest;
import overlaynet.balance.BalanceElements;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.link.BridgeSettings;
import overlaynet.mesh.Difference;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.mesh.Routing;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;
import overlaynet.policy.Policy;
import overlaynet.policy.PolicyRules;

/**
 * What an agent's overlay does, on a {@link FakeKernel}: in the order of the real one, with all that the real one computes. What it
 * remembers goes with its agent.
 */
final class SimulatedOverlay {
    static final int MTU_BYTES = 1_450;
    static final String BALANCE = "jctl_balance";
    static final String POLICY = "jctl_policy_";
    private static final int ROUNDS = 4;
    private static final int BATCH_BYTES = 60_000;

    /** A policy's table as it was last made. */
    private record Made(Policy policy, PolicyRules rules, Map<String, Set<String>> elements) {
    }

    private record Seen(Mesh mesh, long linkChanges) {
    }

    private final FakeKernel kernel;
    /** What the disk knows of networks that were made here, by id. */
    private final Map<String, WantedNetwork> folders;
    private final Map<String, Made> policies = new HashMap<>();
    private Overlay.Wanted wanted = Overlay.Wanted.NOTHING;
    private Map<String, NetworkNames> names = Map.of();
    private Set<String> done = Set.of();
    /** Tunnels that were found right, and when: the kernel's links are the same as long as they count no change. */
    private final Map<String, Seen> seen = new HashMap<>();
    private boolean table;
    private boolean cleared;
    private List<VirtualPort> ports = List.of();
    private List<InetAddress> local = List.of();

    /** @param folders outlives the agent */
    SimulatedOverlay(FakeKernel kernel, Map<String, WantedNetwork> folders) {
        this.kernel = kernel;
        this.folders = folders;
    }

    void want(Overlay.Wanted all) {
        wanted = all;
        Map<String, NetworkNames> called = new HashMap<>();
        all.networks().stream().filter(WantedNetwork::isHere).forEach(each -> called.put(each.id(), each.names()));
        names = called;
    }

    Optional<NetworkNames> names(String networkId) {
        return Optional.ofNullable(names.get(networkId));
    }

    /** A network that a container may be put into. */
    Optional<WantedNetwork> ready(String networkId) {
        return wanted.networks().stream().filter(each -> each.id().equals(networkId) && each.isHere()
                && done.contains(each.id())).findFirst();
    }

    /**
     * Makes all of it so, as far as the kernel lets it; what fails is tried again.
     *
     * @param containers addresses of this node's own
     * @param used       ids of networks that containers are in
     */
    void round(List<InetAddress> containers, Set<String> used) {
        Set<String> made = new HashSet<>();
        attempt(() -> follow(containers));
        for (WantedNetwork each : wanted.networks()) {
            boolean all = each.isHere() && attempt(() -> {
                keepPolicy(each);
                keepWays(each);
            });
            if (all) {
                made.add(each.id());
            }
        }
        for (WantedNetwork each : List.copyOf(folders.values())) {
            boolean gone = wanted.networks().stream().noneMatch(any -> any.isHere() && any.id().equals(each.id()));
            if (gone && !used.contains(each.id())) {
                attempt(() -> unshare(each));
            }
        }
        attempt(this::sweepPolicies);
        if (!attempt(() -> keepBalance(containers))) {
            made.clear();
        }
        done = made;
    }

    private interface Part {
        void run() throws IOException;
    }

    private static boolean attempt(Part part) {
        try {
            part.run();
            return true;
        } catch (IOException refused) {
            return false; // by the next round
        }
    }

    private void keepWays(WantedNetwork network) throws IOException {
        InetAddress underlay = wanted.underlay().orElseThrow(() -> new IOException("no address"));
        List<Peer> peers = network.peers().stream().filter(each -> !each.underlay().equals(underlay)).toList();
        WantedNetwork before = folders.get(network.id());
        if (before != null && !before.block().equals(network.block())) {
            unshare(before);
        }
        folders.put(network.id(), network);
        kernel.addBridge(BridgeSettings.linkNameOf(network.id()));
        if (network.routed()) {
            for (Routing.Step each : network.routing(peers).lacking(kernel.routes())) {
                kernel.request(each.request());
            }
            return;
        }
        Mesh mesh = network.mesh(wanted.nodeId(), underlay, MTU_BYTES, peers);
        if (new Seen(mesh, kernel.linkChanges()).equals(seen.get(network.id()))) {
            return;
        }
        for (int round = 0; round < ROUNDS; round++) {
            Difference difference = Difference.between(mesh, kernel.tables(mesh.linkName()));
            for (NetlinkRequest each : difference.all()) {
                kernel.request(each);
            }
            if (difference.complete()) {
                seen.put(network.id(), new Seen(mesh, kernel.linkChanges()));
                return;
            }
        }
        throw new IOException("link " + mesh.linkName() + " does not come to rest");
    }

    private void unshare(WantedNetwork network) throws IOException {
        if (network.routed()) {
            for (var each : kernel.routes()) {
                if (Routing.isOwn(each, network.subnets())) {
                    kernel.request(Routing.delete(each));
                }
            }
        } else {
            kernel.removeLink(Mesh.linkName(network.number()));
        }
        kernel.removeBridge(BridgeSettings.linkNameOf(network.id()));
        folders.remove(network.id());
    }

    private void keepPolicy(WantedNetwork network) throws IOException {
        if (network.policy().isOpen()) {
            policies.remove(network.id());
            return;
        }
        String link = BridgeSettings.linkNameOf(network.id());
        Made made = policies.remove(network.id()); // what it has after a failure nobody knows: it is made anew
        boolean stands = made != null && made.policy.equals(network.policy())
                && made.elements.equals(kernel.policies().get(POLICY + link));
        PolicyRules rules = stands ? made.rules : network.policyRules(POLICY + link, link);
        Map<String, Set<String>> elements = network.policyElements(rules);
        String commands = stands ? rules.change(made.elements, elements) : rules.table(elements);
        if (!commands.isEmpty()) {
            kernel.policy(POLICY + link, commands);
        }
        policies.put(network.id(), new Made(network.policy(), rules, elements));
    }

    private void sweepPolicies() throws IOException {
        Set<String> kept = new HashSet<>();
        wanted.networks().stream().filter(each -> each.isHere() && !each.policy().isOpen()).forEach(each ->
                kept.add(POLICY + BridgeSettings.linkNameOf(each.id())));
        for (String each : List.copyOf(kernel.policies().keySet())) {
            if (!kept.contains(each)) {
                kernel.removePolicy(each);
            }
        }
    }

    private List<VirtualPort> wantedPorts() {
        return wanted.networks().stream().filter(WantedNetwork::isHere).flatMap(each -> each.virtualPorts().stream()).toList();
    }

    private void follow(List<InetAddress> containers) throws IOException {
        if (table) {
            change(wantedPorts(), containers);
        }
    }

    private void keepBalance(List<InetAddress> containers) throws IOException {
        List<VirtualPort> all = wantedPorts();
        if (all.isEmpty()) {
            if (!cleared) {
                forget();
                kernel.removeBalance();
                cleared = true;
            }
            return;
        }
        cleared = false;
        if (table && !kernel.hasBalance()) {
            forget();
        }
        if (!table) {
            kernel.makeBalance();
            table = true;
        }
        change(all, containers);
        if (kernel.wasTouched()) {
            boolean mended = false;
            try {
                send(BalanceElements.mending(BALANCE, ports, local, kernel.elements()));
                mended = true;
            } finally {
                if (!mended) {
                    forget();
                }
            }
        }
    }

    private void change(List<VirtualPort> all, List<InetAddress> containers) throws IOException {
        boolean changed = false;
        try {
            if (!ports.equals(all)) {
                send(BalanceElements.change(BALANCE, ports, all));
                ports = all;
            }
            if (!local.equals(containers)) {
                send(BalanceElements.changeLocal(BALANCE, local, containers));
                local = containers;
            }
            changed = true;
        } finally {
            if (!changed) {
                forget();
            }
        }
    }

    private void send(List<NetlinkRequest> requests) throws IOException {
        List<NetlinkRequest> batch = new ArrayList<>();
        int bytes = 0;
        for (NetlinkRequest each : requests) {
            int length = each.message().length;
            if (bytes + length > BATCH_BYTES) {
                kernel.batch(batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(each);
            bytes += length;
        }
        if (!batch.isEmpty()) {
            kernel.batch(batch);
        }
    }

    private void forget() {
        table = false;
        ports = List.of();
        local = List.of();
    }

    /** The block a network gives addresses from here, that of IPv4 first. */
    List<Subnet> block(String networkId) {
        return ready(networkId).map(WantedNetwork::block).orElse(List.of());
    }
}
