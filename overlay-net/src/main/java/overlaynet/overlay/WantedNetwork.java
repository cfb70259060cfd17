package overlaynet.overlay;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.link.BridgeSettings;
import overlaynet.mesh.Mesh;
import overlaynet.mesh.Peer;
import overlaynet.mesh.Routing;
import overlaynet.mesh.TunnelSecret;
import overlaynet.network.NetworkDefinition;
import overlaynet.network.NetworkNames;
import overlaynet.policy.Policy;
import overlaynet.policy.PolicyRules;
import overlaynet.trace.TunnelKind;

/**
 * A network that nodes share, as this node is to have it.
 *
 * @param id         64 hexadecimal digits
 * @param name       of it
 * @param createdAt  when it was made
 * @param labels     the user's
 * @param internal   whether nothing leaves it
 * @param attachable whether containers that are no tasks may join it
 * @param number     its VNI
 * @param mtuBytes   largest packet; empty = what fits between the nodes
 * @param subnets    all of it, IPv4 first
 * @param block      this node's part of each subnet; none, if it has no part of it
 * @param peers      the other nodes that have a part
 * @param services   that are found in it
 * @param policy     who in it may talk to whom
 * @param encryption whether its tunnels are encrypted, and with what
 * @param routed     whether routes of the nodes lead to the others ({@code host-gw}), and no tunnels
 */
public record WantedNetwork(String id, String name, Instant createdAt, Map<String, String> labels, boolean internal,
        boolean attachable, int number, OptionalInt mtuBytes, List<Subnet> subnets, List<Subnet> block,
        List<Peer> peers, List<WantedService> services, Policy policy, Encryption encryption, boolean routed) {
    /**
     * Of a network's tunnels.
     *
     * @param on     whether they are encrypted
     * @param secret the key of this node that the others were told of; empty if they were told of none yet
     */
    public record Encryption(boolean on, Optional<TunnelSecret> secret) {
        /** Of tunnels that are not. */
        public static final Encryption NONE = new Encryption(false, Optional.empty());
    }

    /** Copies the collections. */
    public WantedNetwork {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        subnets = List.copyOf(subnets);
        block = List.copyOf(block);
        peers = List.copyOf(peers);
        services = List.copyOf(services);
    }

    /** One of tunnels. */
    public WantedNetwork(String id, String name, Instant createdAt, Map<String, String> labels, boolean internal,
            boolean attachable, int number, OptionalInt mtuBytes, List<Subnet> subnets, List<Subnet> block,
            List<Peer> peers, List<WantedService> services, Policy policy, Encryption encryption) {
        this(id, name, createdAt, labels, internal, attachable, number, mtuBytes, subnets, block, peers, services,
                policy, encryption, false);
    }

    /** One that is not encrypted. */
    public WantedNetwork(String id, String name, Instant createdAt, Map<String, String> labels, boolean internal,
            boolean attachable, int number, OptionalInt mtuBytes, List<Subnet> subnets, List<Subnet> block,
            List<Peer> peers, List<WantedService> services, Policy policy) {
        this(id, name, createdAt, labels, internal, attachable, number, mtuBytes, subnets, block, peers, services,
                policy, Encryption.NONE);
    }

    /** One whose containers may all talk to each other. */
    public WantedNetwork(String id, String name, Instant createdAt, Map<String, String> labels, boolean internal,
            boolean attachable, int number, OptionalInt mtuBytes, List<Subnet> subnets, List<Subnet> block,
            List<Peer> peers, List<WantedService> services) {
        this(id, name, createdAt, labels, internal, attachable, number, mtuBytes, subnets, block, peers, services,
                Policy.OPEN);
    }

    /** The same with nothing in it. */
    WantedNetwork withoutServices() {
        return new WantedNetwork(id, name, createdAt, labels, internal, attachable, number, mtuBytes, subnets, block, peers, List.of(),
                policy, encryption, routed);
    }

    /** Whether this node has a part of it. */
    public boolean isHere() {
        return !block.isEmpty();
    }

    /** What its services' addresses lead to here. */
    public List<VirtualPort> virtualPorts() {
        return services.stream().flatMap(each -> each.virtualPorts(block).stream()).toList();
    }

    /** What is found in it by name. */
    public NetworkNames names() {
        return new NetworkNames(name, subnets, services.stream().flatMap(each -> each.members().stream()).toList(),
                services.stream().map(WantedService::service).toList());
    }

    /**
     * Its policy as a table.
     *
     * @param table to be made
     * @param link  of its bridge here
     */
    public PolicyRules policyRules(String table, String link) {
        return routed ? PolicyRules.routed(table, link, subnets.getFirst(), policy)
                : new PolicyRules(table, link, Mesh.linkName(number), block.size() > 1, policy);
    }

    /**
     * What the sets of that table are to hold. Other nodes ask in their own names for ports that clients asked them for.
     *
     * @param rules as {@link #policyRules} has them
     */
    public Map<String, Set<String>> policyElements(PolicyRules rules) {
        List<InetAddress> nodes = Stream.concat(peers.stream().flatMap(each -> each.blocks().stream()), block.stream())
                .map(each -> each.at(1)).toList();
        return rules.elements(services.stream().map(WantedService::member).toList(), nodes);
    }

    /** The port of UDP its tunnels use. */
    public int port() {
        return encryption.on() ? Mesh.encryptedPort(number) : Overlay.PORT;
    }

    /** What leads to other nodes. */
    TunnelKind tunnels() {
        return routed ? TunnelKind.ROUTES : encryption.on() ? TunnelKind.wireGuard(port()) : TunnelKind.VXLAN;
    }

    /** What goes around its packets between nodes. */
    int aroundBytes(boolean overIpv6) {
        return routed ? 0 : Mesh.aroundBytes(encryption.on(), overIpv6);
    }

    /**
     * Its routes, if it has no tunnel.
     *
     * @param reached the other nodes, without those that say they have this node's address
     */
    public Routing routing(List<Peer> reached) {
        return new Routing(subnets, block, reached);
    }

    /**
     * Its tunnel.
     *
     * @param reached the other nodes, without those that say they have this node's address
     */
    public Mesh mesh(String nodeId, InetAddress underlay, int mtu, List<Peer> reached) {
        return new Mesh(number, nodeId, underlay, port(), mtu, block, encryption.on() ? reached.stream()
                .filter(each -> each.key().isPresent()).toList() : reached, encryption.secret());
    }

    /** This node's part as a network of this host. */
    NetworkDefinition definition(int mtu) {
        Subnet part = block.getFirst();
        Optional<NetworkDefinition.Ipv6> ipv6 = block.stream().skip(1).findFirst()
                .map(each -> new NetworkDefinition.Ipv6(each, each.at(1)));
        return new NetworkDefinition(id, name, createdAt, part, part.at(1), Optional.empty(), ipv6, internal,
                BridgeSettings.linkNameOf(id), OptionalInt.of(mtuBytes.orElse(mtu)), labels, Map.of(),
                Optional.of(new NetworkDefinition.Shared(number, subnets, attachable, routed)));
    }
}
