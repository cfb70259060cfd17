package overlaynet.overlay;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.OpenFlag;
import linux.netlink.LinkInfo;
import linux.netlink.NetlinkRequest;
import linux.socket.NetlinkSocket;
import linux.syscall.Descriptors;
import linux.syscall.SeparateThread;
import overlaynet.attach.AttachException;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.HostNetworks;
import overlaynet.audit.KernelTables;
import overlaynet.link.ContainerLink;
import overlaynet.link.HostNetwork;
import overlaynet.mesh.Difference;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.network.NetworkNames;
import overlaynet.policy.Policy;
import overlaynet.policy.Rule;
import overlaynet.trace.Evidence;
import overlaynet.trace.Hop;
import overlaynet.trace.Walk;

/** Looks at each hop between a container of this host and others in a network that nodes share, and tries it. */
final class Tracing {
    private static final int PING_MILLIS = 1_000;
    private static final int CONNECT_MILLIS = 2_000;
    /** Ways are tried one after the other. */
    private static final int MOST_WAYS = 10;

    private final HostNetworks networks;
    private final Overlay.Wanted wanted;
    private final NetworkNames names;
    private final WantedNetwork network;
    private final Optional<String> lacking;
    private final boolean balanced;

    Tracing(HostNetworks networks, Overlay.Wanted wanted, WantedNetwork network, NetworkNames names,
            Optional<String> lacking, boolean balanced) {
        this.networks = networks;
        this.wanted = wanted;
        this.network = network;
        this.names = names;
        this.lacking = lacking;
        this.balanced = balanced;
    }

    /**
     * Traces.
     *
     * @param place of the container in the network
     * @param pid   a process of it, as the host numbers it
     * @param text  a name, or an address
     * @param port  to try; 0 = none
     */
    List<Hop> trace(HostNetworks.Place place, int pid, String text, int port) throws IOException {
        int namespace = Descriptors.open(Path.of("/proc", Integer.toString(pid), "ns", "net"), OpenFlag.O_RDONLY);
        try {
            Evidence.Source source = source(place, namespace);
            Evidence.Target target = target(text);
            List<Evidence.Way> ways = new ArrayList<>();
            for (Evidence.Way way : endpoints(target)) {
                ways.add(tried(way, place.attached().lease().address(), namespace, port));
            }
            return Walk.of(new Evidence(network.name(), lacking, source, target, ways, port, network.tunnels()));
        } finally {
            Descriptors.close(namespace);
        }
    }

    /** Whether the target is somebody's name, or an address, of this network. */
    boolean knows(String text) {
        try {
            return names.addresses(text).isPresent() || ownName(text).isPresent()
                    || network.subnets().stream().anyMatch(each -> each.contains(InetAddress.ofLiteral(text)));
        } catch (IllegalArgumentException nobodys) {
            return false;
        }
    }

    private Evidence.Source source(HostNetworks.Place place, int namespace) throws IOException {
        BridgeAttacher.Attached attached = place.attached();
        String hostLink = ContainerLink.hostName(attached.lease().containerId(), place.network().id());
        HostNetwork host;
        try (NetlinkSocket socket = NetlinkSocket.route()) {
            host = HostNetwork.read(socket);
        }
        Optional<LinkInfo> bridge = host.link(place.network().linkName()).filter(LinkInfo::up);
        boolean cable = host.link(hostLink).filter(LinkInfo::up).filter(each -> bridge.isPresent()
                && each.master().orElse(0) == bridge.get().index()).isPresent();
        HostNetwork inside = SeparateThread.inNetwork(namespace, () -> {
            try (NetlinkSocket socket = NetlinkSocket.route()) {
                return HostNetwork.read(socket);
            }
        });
        Optional<LinkInfo> link = inside.link(attached.lease().linkName());
        boolean hasAddress = link.isPresent() && inside.addresses().stream().anyMatch(each ->
                each.linkIndex() == link.get().index() && each.address().equals(attached.lease().address()));
        boolean hasRoute = link.isPresent() && inside.routes().stream().anyMatch(each -> each.gateway()
                .filter(attached.bridge().gateway()::equals).isPresent());
        return new Evidence.Source(attached.lease().address(), hostLink, cable, link.filter(LinkInfo::up).isPresent(),
                hasAddress, hasRoute, bridge.isPresent(), networks.rulesStand(place.network()),
                Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward")).strip().equals("1"));
    }

    private Evidence.Target target(String text) {
        List<InetAddress> addresses;
        try {
            addresses = List.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException name) {
            addresses = names.addresses(text).or(() -> ownName(text)).orElse(List.of());
        }
        List<InetAddress> found = addresses;
        String service = network.services().stream().filter(each -> found.stream().anyMatch(each.virtual()::contains))
                .map(WantedService::name).findFirst().orElse("");
        return new Evidence.Target(text, addresses, service, balanced);
    }

    /** What a container of this host is called that is no task. */
    private Optional<List<InetAddress>> ownName(String text) {
        try {
            return networks.members(networks.find(network.id())).stream().map(BridgeAttacher.Attached::lease)
                    .filter(each -> each.names().contains(text)).map(each -> List.of(each.address())).findFirst();
        } catch (AttachException removed) {
            return Optional.empty();
        }
    }

    /** The ways to look at, not yet tried. */
    private List<Evidence.Way> endpoints(Evidence.Target target) {
        List<Evidence.Way> ways = new ArrayList<>();
        if (!target.service().isEmpty()) {
            for (WantedService service : network.services()) {
                if (service.name().equals(target.service())) {
                    service.tasks().stream().filter(each -> !each.leaving()).limit(MOST_WAYS).forEach(each ->
                            ways.add(way(each.place() + "." + service.name(), each.addresses().getFirst())));
                }
            }
            return ways;
        }
        target.addresses().stream().limit(MOST_WAYS).forEach(each -> ways.add(way(each.getHostAddress(), each)));
        return ways;
    }

    private Evidence.Way way(String name, InetAddress address) {
        Optional<Peer> peer = network.peers().stream().filter(each -> each.blocks().stream()
                .anyMatch(block -> block.contains(address))).findFirst();
        return new Evidence.Way(name, address, peer.map(Peer::nodeId).orElse(""), peer.map(Peer::underlay), List.of(), false,
                false, "", false, Evidence.Answer.NOT_TRIED);
    }

    private Evidence.Way tried(Evidence.Way way, InetAddress source, int namespace, int port) throws IOException {
        Optional<Peer> peer = network.peers().stream().filter(each -> each.nodeId().equals(way.node())).findFirst();
        List<String> lacks = List.of();
        boolean node = true;
        boolean bridge = true;
        if (peer.isPresent()) {
            lacks = lacks(wanted, network);
            node = answers(peer.get().underlay());
            bridge = answers(peer.get().blocks().getFirst().at(1));
        }
        boolean container = answers(way.address());
        Evidence.Answer answer = port == 0 ? Evidence.Answer.NOT_TRIED
                : SeparateThread.inNetwork(namespace, () -> connect(new InetSocketAddress(way.address(), port)));
        return new Evidence.Way(way.name(), way.address(), way.node(), way.underlay(), lacks, node, bridge,
                forbidden(source, way.address(), port), container || answer == Evidence.Answer.TAKEN || answer == Evidence.Answer.REFUSED, answer);
    }

    /** What the network's policy says against it, in its words; of a port none asks for, whether ping may. */
    private String forbidden(InetAddress source, InetAddress target, int port) {
        Policy.Decision decision = network.policy().decide(end(source), end(target), port == 0 ? Rule.Protocol.ICMP
                : Rule.Protocol.TCP, port);
        boolean node = network.peers().stream().anyMatch(each -> each.blocks().stream().anyMatch(block ->
                block.at(1).equals(target)));
        return decision.allowed() || node ? "" : network.policy().words(decision.rule());
    }

    private Rule.End end(InetAddress address) {
        return network.services().stream().filter(service -> service.tasks().stream().anyMatch(task ->
                task.addresses().contains(address))).findFirst().map(WantedService::end).orElse(Rule.End.NO_TASK);
    }

    /** What the kernel lacks of the tunnel, in words. */
    static List<String> lacks(Overlay.Wanted wanted, WantedNetwork network) throws IOException {
        Optional<InetAddress> underlay = wanted.underlay();
        if (underlay.isEmpty()) {
            return List.of("this node has no address that other nodes' tunnels could reach");
        }
        try (NetlinkSocket socket = NetlinkSocket.route(); KernelTables tables = new KernelTables(socket)) {
            List<Peer> peers = network.peers().stream().filter(each -> !each.underlay().equals(underlay.get())).toList();
            if (network.routed()) {
                return tables.lacking(network.routing(peers)).stream().map(each -> "lacks " + each.request().symbolic())
                        .toList();
            }
            int mtu = network.mtuBytes().orElse(Upkeep.mtuBytes(wanted, network, socket));
            Mesh mesh = network.mesh(wanted.nodeId(), underlay.get(), mtu, peers);
            return Difference.between(mesh, tables.read(mesh.linkName())).all().stream()
                    .map(NetlinkRequest::symbolic).map(each -> "lacks " + each).toList();
        }
    }

    /** As its containers have it. */
    static int mtuBytes(HostNetworks networks, WantedNetwork network) throws IOException {
        return networks.find(network.id()).definition().flatMap(each -> each.mtuBytes().stream().boxed().findFirst())
                .orElse(0);
    }

    static boolean answers(InetAddress address) throws IOException {
        try {
            return address.isReachable(PING_MILLIS);
        } catch (SocketException noWay) {
            return false; // no route leads there, or this host's firewall lets nothing out
        }
    }

    private static Evidence.Answer connect(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return Evidence.Answer.TAKEN;
        } catch (NoRouteToHostException unreachable) {
            return Evidence.Answer.SILENCE;
        } catch (ConnectException refused) {
            return Evidence.Answer.REFUSED;
        } catch (IOException silence) {
            return Evidence.Answer.SILENCE;
        }
    }
}
