package overlaynet.overlay;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import linux.abi.Errno;
import linux.netlink.LinkInfo;
import linux.netlink.LinkMessages;
import linux.netlink.MalformedReplyException;
import linux.netlink.NftablesMessages;
import linux.netlink.VxlanInfo;
import linux.socket.NetlinkSocket;
import overlaynet.attach.HostNetworks;
import overlaynet.audit.KernelTables;
import overlaynet.ipam.Subnet;
import overlaynet.link.HostNetwork;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.trace.NodeEvidence;
import overlaynet.trace.TunnelKind;

/** Looks at this node and tries the ways to the others, for networks that nodes share. */
final class Examination {
    private static final int ATTEMPTS_AT_ONCE = 16;
    private static final int NUMBER_BYTES = 64;
    private static final Path SETTINGS = Path.of("/proc/sys/net");
    private static final Path PROCESSES = Path.of("/proc");
    private static final Path MODULES = Path.of("/sys/module");

    private final HostNetworks networks;
    private final Overlay.Wanted wanted;
    private final List<WantedNetwork> looked;
    private final Map<String, String> lacking;
    private final Repairs repairs;
    private final List<Subnet> reached;
    private final String noFastPath;

    /**
     * @param looked  the networks to look at, all of which this node has a part of
     * @param lacking why some cannot be had, by id
     * @param reached what the host reaches by other ways
     * @param noFastPath why packets take no fast path; {@code ""} if they do
     */
    Examination(HostNetworks networks, Overlay.Wanted wanted, List<WantedNetwork> looked, Map<String, String> lacking,
            Repairs repairs, List<Subnet> reached, String noFastPath) {
        this.networks = networks;
        this.wanted = wanted;
        this.looked = looked;
        this.lacking = lacking;
        this.repairs = repairs;
        this.reached = reached;
        this.noFastPath = noFastPath;
    }

    /** All that is found; takes some seconds if others do not answer. */
    NodeEvidence evidence() throws IOException {
        HostNetwork kernel;
        Map<String, VxlanInfo> tunnels;
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            kernel = HostNetwork.read(socket);
            tunnels = tunnels(socket);
        }
        ExecutorService threads = Executors.newFixedThreadPool(ATTEMPTS_AT_ONCE, Thread.ofPlatform().daemon()
                .factory());
        try {
            List<Future<NodeEvidence.Node>> nodes = new ArrayList<>();
            for (Peer each : peers().values()) {
                nodes.add(threads.submit(() -> node(each, kernel)));
            }
            List<NodeEvidence.Network> found = new ArrayList<>();
            for (WantedNetwork each : looked) {
                found.add(network(each, kernel, threads));
            }
            return new NodeEvidence(host(tunnels), port(tunnels), repairs(), results(nodes), found);
        } finally {
            threads.shutdownNow();
        }
    }

    private Map<String, Peer> peers() {
        Map<String, Peer> peers = new LinkedHashMap<>();
        looked.stream().flatMap(each -> each.peers().stream()).forEach(each -> peers.putIfAbsent(each.nodeId(), each));
        return peers;
    }

    private static <T> List<T> results(List<Future<T>> futures) throws IOException {
        List<T> results = new ArrayList<>();
        for (Future<T> each : futures) {
            try {
                results.add(each.get());
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof IOException io ? io : new IOException(failed.getCause());
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
                throw new IOException("the agent ends", hurry);
            }
        }
        return results;
    }

    private static Map<String, VxlanInfo> tunnels(NetlinkSocket socket) throws IOException {
        Map<String, VxlanInfo> tunnels = new LinkedHashMap<>();
        for (byte[] each : socket.dump(LinkMessages.dump())) {
            try {
                Optional<VxlanInfo> vxlan = VxlanInfo.decode(each);
                if (vxlan.isPresent()) {
                    tunnels.put(LinkInfo.decode(each).name(), vxlan.get());
                }
            } catch (MalformedReplyException malformed) {
                throw new IOException(malformed.getMessage(), malformed);
            }
        }
        return tunnels;
    }

    private NodeEvidence.Host host(Map<String, VxlanInfo> tunnels) throws IOException {
        List<String> lacks = new ArrayList<>();
        if (tunnels.isEmpty() && !hasModule("vxlan")) {
            lacks.add("VXLAN links (module vxlan)");
        }
        if (looked.stream().anyMatch(each -> each.encryption().on()) && !hasWireGuard()) {
            lacks.add("WireGuard for encrypted networks (module wireguard)");
        }
        if (!hasTables()) {
            lacks.add("nf_tables");
        }
        Path most = SETTINGS.resolve("netfilter/nf_conntrack_max");
        if (!Files.exists(most) && !hasModule("nf_conntrack")) {
            lacks.add("connection tracking (module nf_conntrack)");
        }
        boolean ipv6 = looked.stream().anyMatch(each -> each.block().size() > 1);
        List<NodeEvidence.Dropping> dropping = new ArrayList<>();
        for (WantedNetwork each : looked) {
            if (!lacking.containsKey(each.id())) {
                String bridge = networks.find(each.id()).linkName();
                networks.droppingWithout("forward", bridge).forEach(chain -> dropping.add(
                        new NodeEvidence.Dropping(chain, bridge)));
            }
        }
        return new NodeEvidence.Host(lacks, number(SETTINGS.resolve("ipv4/ip_forward"), 0) != 0,
                !ipv6 || number(SETTINGS.resolve("ipv6/conf/all/forwarding"), 0) != 0,
                number(SETTINGS.resolve("bridge/bridge-nf-call-iptables"), 0) != 0, dropping,
                looked.isEmpty() || looked.stream().anyMatch(each -> each.tunnels().equals(TunnelKind.VXLAN))
                        ? networks.droppingWithout("input", Integer.toString(Overlay.PORT)) : List.of(),
                number(SETTINGS.resolve("netfilter/nf_conntrack_count"), -1), number(most, 0), noFastPath);
    }

    /** In one piece: the kernel tells a number's first bytes once, and what comes after them never. */
    private static long number(Path setting, long otherwise) throws IOException {
        if (!Files.exists(setting)) {
            return otherwise;
        }
        try (InputStream opened = Files.newInputStream(setting)) {
            return Long.parseLong(new String(opened.readNBytes(NUMBER_BYTES), StandardCharsets.US_ASCII).strip());
        }
    }

    private static boolean hasWireGuard() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.route(); KernelTables tables = new KernelTables(socket)) {
            return tables.hasWireGuard();
        }
    }

    private static boolean hasTables() {
        try (NetlinkSocket socket = NetlinkSocket.netfilter()) {
            return socket.get(NftablesMessages.generation(), Errno.EINVAL).isPresent();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Loaded, built in, or there to be loaded. */
    private static boolean hasModule(String name) throws IOException {
        if (Files.exists(MODULES.resolve(name))) {
            return true;
        }
        Path folder = Path.of("/lib/modules", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        for (String list : List.of("modules.builtin", "modules.dep")) {
            Path file = folder.resolve(list);
            if (Files.exists(file) && Files.readString(file).contains("/" + name + ".ko")) {
                return true;
            }
        }
        return false;
    }

    private NodeEvidence.Port port(Map<String, VxlanInfo> tunnels) throws IOException {
        Set<String> own = wanted.networks().stream().map(each -> Mesh.linkName(each.number()))
                .collect(Collectors.toSet());
        Set<Integer> numbers = wanted.networks().stream().map(WantedNetwork::number).collect(Collectors.toSet());
        List<String> links = new ArrayList<>();
        List<String> sameNumber = new ArrayList<>();
        boolean ours = false;
        for (Map.Entry<String, VxlanInfo> each : tunnels.entrySet()) {
            if (each.getValue().port() != Overlay.PORT) {
                continue;
            }
            if (own.contains(each.getKey())) {
                ours = true;
            } else if (numbers.contains(each.getValue().networkId())) {
                sameNumber.add(each.getKey());
            } else {
                links.add(each.getKey());
            }
        }
        Set<String> sockets = UdpSockets.of(PROCESSES.resolve("thread-self"), Overlay.PORT);
        List<String> programs = UdpSockets.programs(PROCESSES, sockets);
        boolean hidden = programs.isEmpty() && !sockets.isEmpty() && !ours && links.isEmpty() && sameNumber.isEmpty();
        return new NodeEvidence.Port(Overlay.PORT, programs, links, sameNumber, hidden);
    }

    private NodeEvidence.Repairs repairs() {
        Optional<Repairs.Last> last = repairs.last();
        return new NodeEvidence.Repairs(repairs.total(), last.map(Repairs.Last::what).orElse(""),
                last.map(each -> Duration.between(each.at(), Instant.now()).toSeconds()).orElse(0L));
    }

    private NodeEvidence.Node node(Peer peer, HostNetwork kernel) throws IOException {
        return new NodeEvidence.Node(peer.nodeId(), peer.underlay(), Tracing.answers(peer.underlay()),
                strictLink(peer.underlay(), kernel));
    }

    /** No packet is sent: a socket that is connected has the address that the way there begins with. */
    private Optional<String> strictLink(InetAddress there, HostNetwork kernel) throws IOException {
        Optional<LinkInfo> own = wanted.underlay().flatMap(kernel::linkOf);
        if (own.isEmpty() || there.getAddress().length != Integer.BYTES) {
            return Optional.empty();
        }
        Optional<LinkInfo> way;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(there, Overlay.PORT));
            way = kernel.linkOf(socket.getLocalAddress());
        } catch (IOException | UncheckedIOException noWay) {
            return Optional.empty();
        }
        if (way.isEmpty() || way.get().index() == own.get().index()) {
            return Optional.empty();
        }
        Path settings = SETTINGS.resolve("ipv4/conf");
        long filter = Math.max(number(settings.resolve("all/rp_filter"), 0),
                number(settings.resolve(own.get().name()).resolve("rp_filter"), 0));
        return filter == 1 ? Optional.of(own.get().name()) : Optional.empty();
    }

    private NodeEvidence.Network network(WantedNetwork network, HostNetwork kernel, ExecutorService threads)
            throws IOException {
        int around = network.aroundBytes(wanted.overIpv6());
        List<String> overlaps = network.subnets().stream().flatMap(wide -> reached.stream().filter(each ->
                each.prefixLength() > 0 && each.overlaps(wide))).map(Subnet::toString).distinct().toList();
        Optional<String> lacks = Optional.ofNullable(lacking.get(network.id()));
        if (lacks.isPresent()) {
            return new NodeEvidence.Network(network.name(), lacks, overlaps, List.of(), true, 0, around, 0, List.of(),
                    network.tunnels(), closed(network));
        }
        int mtu = Tracing.mtuBytes(networks, network);
        List<Future<NodeEvidence.Tunnel>> tunnels = new ArrayList<>();
        for (Peer each : network.peers()) {
            Callable<NodeEvidence.Tunnel> attempt = () -> WayTrial.BY_PACKETS.tunnel(each.nodeId(), each.blocks().getFirst().at(1), mtu);
            tunnels.add(threads.submit(attempt));
        }
        return new NodeEvidence.Network(network.name(), lacks, overlaps, Tracing.lacks(wanted, network),
                networks.rulesStand(networks.find(network.id())), mtu, around,
                wanted.underlay().flatMap(kernel::linkOf).map(LinkInfo::mtuBytes).orElse(0), results(tunnels),
                network.tunnels(), closed(network));
    }

    /** VXLAN's port is looked at once for all networks. */
    private List<String> closed(WantedNetwork network) throws IOException {
        return network.encryption().on() ? networks.droppingWithout("input", Integer.toString(network.port())) : List.of();
    }
}
