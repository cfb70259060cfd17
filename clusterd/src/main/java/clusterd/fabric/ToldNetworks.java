package clusterd.fabric;

import clusterd.model.Network;
import clusterd.model.NetworkId;
import clusterd.model.NetworkSpec;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceId;
import clusterd.network.NetworkLayout;
import clusterd.session.NetworkDelta;
import clusterd.session.NetworkPeer;
import clusterd.session.NetworkShare;
import clusterd.session.ServiceShare;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;
import overlaynet.mesh.Peer;
import overlaynet.mesh.TunnelSecret;
import overlaynet.network.NetworkNames;
import overlaynet.overlay.Overlay;
import overlaynet.overlay.WantedNetwork;
import overlaynet.overlay.WantedPort;
import overlaynet.overlay.WantedService;
import overlaynet.overlay.WantedTask;
import overlaynet.policy.Policy;

/** What a node was told of networks so far. Not safe for use by several threads. */
public final class ToldNetworks {
    private final SortedMap<NetworkId, NetworkShare> networks = new TreeMap<>();
    private final SortedMap<NetworkId, SortedMap<ServiceId, ServiceShare>> services = new TreeMap<>();

    /** Adds what was told. */
    public void hear(NetworkDelta delta) {
        if (delta.whole()) {
            networks.clear();
            services.clear();
        }
        for (NetworkShare each : delta.networks()) {
            networks.put(each.network().id(), each);
            if (each.holders().isEmpty()) {
                services.remove(each.network().id());
            }
        }
        for (NetworkId each : delta.gone()) {
            networks.remove(each);
            services.remove(each);
        }
        for (NetworkDelta.GoneService each : delta.goneServices()) {
            services.computeIfPresent(each.network(), (key, its) -> {
                its.remove(each.service());
                return its;
            });
        }
        for (ServiceShare each : delta.services()) {
            if (networks.containsKey(each.network())) {
                services.computeIfAbsent(each.network(), key -> new TreeMap<>()).put(each.service(), each);
            }
        }
    }

    /** All of it, as if it were told at once. */
    public NetworkDelta whole() {
        return new NetworkDelta(true, List.copyOf(networks.values()), List.of(),
                services.values().stream().flatMap(each -> each.values().stream()).toList(), List.of());
    }

    /** Which of this node's private keys belongs to a public one that others were told; empty if none does. */
    public interface Keys {
        /** That one. */
        Optional<TunnelSecret> of(String publicKey);
    }

    /** When nodes of encrypted networks that a node has a part of were last told to make keys; empty if there are none. */
    OptionalLong keysMillis(String nodeId) {
        return encrypted(nodeId).mapToLong(each -> each.network().keysMillis()).max();
    }

    /** The keys that others were told of a node, of all encrypted networks. */
    Set<String> keys(String nodeId) {
        return encrypted(nodeId).flatMap(each -> each.holders().stream()).filter(each -> each.node().value().equals(nodeId))
                .map(NetworkPeer::key).collect(Collectors.toSet());
    }

    private Stream<NetworkShare> encrypted(String nodeId) {
        return networks.values().stream().filter(each -> each.network().spec().encrypted() && each.holders().stream()
                .anyMatch(holder -> holder.node().value().equals(nodeId)));
    }

    /** What that means for a node. */
    public Overlay.Wanted wanted(String nodeId, Optional<InetAddress> underlay, Keys keys) {
        List<WantedNetwork> wanted = new ArrayList<>();
        for (NetworkShare share : networks.values()) {
            wanted.add(wanted(share, nodeId, keys));
        }
        return new Overlay.Wanted(nodeId, underlay, wanted);
    }

    private WantedNetwork wanted(NetworkShare share, String nodeId, Keys keys) {
        Network network = share.network();
        NetworkLayout layout = NetworkLayout.of(network);
        List<Subnet> block = List.of();
        List<Peer> peers = new ArrayList<>();
        Optional<TunnelSecret> secret = Optional.empty();
        for (NetworkPeer each : share.holders()) {
            if (each.node().value().equals(nodeId)) {
                block = layout.block(each.place());
                secret = keys.of(each.key());
            } else if (!each.underlay().isEmpty()) {
                peers.add(Peer.of(each.node().value(), Subnet.literal(each.underlay()),
                        layout.block(each.place()), each.key()));
            }
        }
        List<WantedService> its = services.getOrDefault(network.id(), new TreeMap<>()).values().stream()
                .map(each -> wanted(each, layout)).toList();
        return new WantedNetwork(network.id().value(), network.spec().name(),
                Instant.ofEpochMilli(network.createdMillis()), network.spec().labels(), network.spec().internal(),
                network.spec().attachable(), network.number(), network.spec().mtuBytes() == 0 ? OptionalInt.empty()
                        : OptionalInt.of(network.spec().mtuBytes()), layout.subnets(), block,
                block.isEmpty() ? List.of() : peers, block.isEmpty() ? List.of() : its,
                policy(network), network.spec().encrypted() ? new WantedNetwork.Encryption(true, secret)
                        : WantedNetwork.Encryption.NONE, network.spec().backend() == NetworkSpec.Backend.HOST_GATEWAY);
    }

    private static Policy policy(Network network) {
        try {
            return Policy.of(network.spec().closed(), network.spec().rules());
        } catch (IllegalArgumentException newer) {
            return new Policy(true, List.of()); // of managers that know more than this node: rather too little than too much
        }
    }

    private static WantedService wanted(ServiceShare share, NetworkLayout layout) {
        return new WantedService(share.name(), share.aliases(),
                share.virtual().isPresent() ? layout.virtual(share.virtual().getAsInt()) : List.of(),
                choice(share.choice()), share.tasks().stream().map(task -> new WantedTask(task.place(),
                        task.addresses().stream().map(Subnet::literal).toList(), task.leaving(), task.lost())).toList(),
                share.ports().stream().map(port -> new WantedPort(VirtualPort.Protocol.valueOf(
                        port.protocol().toUpperCase(Locale.ROOT)), port.published(), port.target())).toList(),
                share.named().stream().map(port -> new NetworkNames.NamedPort(port.name(), port.port())).toList(),
                share.labels(), share.preferLocal());
    }

    private static VirtualPort.Choice choice(ServiceEndpoint.Choice choice) {
        return switch (choice) {
            case RANDOM -> VirtualPort.Choice.RANDOM;
            case IN_TURN -> VirtualPort.Choice.IN_TURN;
            case SOURCE -> VirtualPort.Choice.SOURCE;
        };
    }
}
