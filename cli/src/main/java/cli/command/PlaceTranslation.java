package cli.command;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import overlaynet.attach.AttachException;
import overlaynet.attach.AttachRequest;
import overlaynet.attach.BridgeAttacher;
import overlaynet.attach.HostNetworks;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.ContainerLink;
import overlaynet.link.PortMapping;
import overlaynet.link.PortRequest;
import overlaynet.link.TransportProtocol;
import overlaynet.network.NetworkDefinition;
import overlaynet.overlay.Flows;
import overlaynet.overlay.WantedNetwork;
import overlaynet.policy.Policy;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.network.NetworkFlows;
import runtime.network.NetworkView;
import runtime.network.PortBinding;
import runtime.network.PortWish;

/** What the runtime and the network code tell each other of a container's place, each in its words. */
final class PlaceTranslation {
    private PlaceTranslation() {}

    /**
     * Ports as the network code takes them.
     *
     * @throws ContainerException with reason INVALID_OPTION if an address is none
     */
    static List<PortRequest> ports(List<PortWish> wishes) throws ContainerException {
        List<PortRequest> requests = new ArrayList<>();
        for (PortWish wish : wishes) {
            requests.add(new PortRequest(address("--publish", wish.hostAddress()),
                    wish.firstHostPort(), wish.lastHostPort(), protocol(wish.protocol()),
                    wish.containerPort()));
        }
        return requests;
    }

    /** An address somebody gave; empty for an empty text. */
    static Optional<InetAddress> address(String option, String text) throws ContainerException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException malformed) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    option + " " + text + ": not an IP address");
        }
    }

    private static TransportProtocol protocol(String name) {
        return switch (name) {
            case "udp" -> TransportProtocol.UDP;
            case "sctp" -> TransportProtocol.SCTP;
            default -> TransportProtocol.TCP;
        };
    }

    /** A refusal of the network code in the runtime's words. */
    static ContainerException refusal(AttachException refused) {
        return new ContainerException(switch (refused.kind()) {
            case PORT_IN_USE -> ContainerException.Reason.PORT_IN_USE;
            case NETWORK_NOT_FOUND -> ContainerException.Reason.NETWORK_NOT_FOUND;
            case NETWORK_IN_USE -> ContainerException.Reason.NETWORK_IN_USE;
            case OF_THE_CLUSTER -> ContainerException.Reason.OF_THE_CLUSTER;
            case NAME_IN_USE -> ContainerException.Reason.NAME_IN_USE;
            case HOST_LACKS_FEATURE -> ContainerException.Reason.HOST_LACKS_FEATURE;
            case OTHER -> ContainerException.Reason.INVALID_OPTION;
        }, refused.getMessage());
    }

    /**
     * One place of a container.
     *
     * @param number of its link
     * @param way    whether what is for elsewhere goes through it; it is the one that has the ports
     */
    static AttachRequest request(ContainerNetwork.PlaceRequest request, NetworkChoice choice,
            int number, boolean way, int namespaceDescriptor) throws ContainerException {
        List<String> names = new ArrayList<>(request.names());
        names.addAll(choice.aliases());
        List<InetAddress> nameServers = new ArrayList<>();
        for (String server : request.options().dns()) {
            address("--dns", server).ifPresent(nameServers::add);
        }
        return new AttachRequest(request.containerId(), names,
                address("--ip", choice.ipv4Address()), address("--ip6", choice.ipv6Address()),
                nameServers, way ? ports(request.options().published()) : List.of(), number, way,
                namespaceDescriptor, choice.interfaceName());
    }

    /**
     * A network as the runtime tells of it.
     *
     * @param shared what the cluster says of it, if nodes share it
     */
    static NetworkView view(HostNetworks.Network network, List<NetworkView.Member> members,
            Optional<WantedNetwork> shared) {
        List<NetworkView.AddressBlock> blocks = new ArrayList<>();
        if (network.definition().isPresent()) {
            NetworkDefinition definition = network.definition().get();
            blocks.add(new NetworkView.AddressBlock(definition.shared().map(parts -> parts.subnets().getFirst())
                    .orElse(definition.subnet()).toString(), definition.gateway().getHostAddress(),
                    definition.shared().isPresent() ? definition.subnet().toString()
                            : definition.range().map(Subnet::toString).orElse("")));
            definition.ipv6().ifPresent(ipv6 -> blocks.add(new NetworkView.AddressBlock(
                    text(ipv6.subnet().network()) + "/" + ipv6.subnet().prefixLength(),
                    text(ipv6.gateway()), "")));
        } else {
            network.bridge().ifPresent(bridge -> blocks.add(new NetworkView.AddressBlock(
                    bridge.subnet().toString(), bridge.gateway().getHostAddress(), "")));
        }
        Map<String, String> options = new LinkedHashMap<>(shared.map(PlaceTranslation::options).orElse(Map.of()));
        options.putAll(network.definition().map(NetworkDefinition::options).orElse(Map.of()));
        return new NetworkView(network.id(), network.name(), network.isShared() ? "overlay" : "bridge",
                network.definition().map(NetworkDefinition::createdAt), network.internal(), blocks,
                network.definition().map(NetworkDefinition::labels).orElse(Map.of()),
                options, members);
    }

    /** Who may talk to whom, whether it is encrypted, and what a firewall or {@code wg(8)} is to be compared with. */
    private static Map<String, String> options(WantedNetwork network) {
        Map<String, String> options = new LinkedHashMap<>(policy(network.policy()));
        if (network.routed()) {
            options.put("backend", "host-gw");
        }
        if (network.encryption().on()) {
            options.put("encrypted", "true");
            options.put("jctl.encryption.port", Integer.toString(network.port()));
            network.encryption().secret().ifPresent(each -> options.put("jctl.encryption.key", each.publicText()));
        }
        return options;
    }

    /** Who may talk to whom, in the order in which it is looked at. */
    private static Map<String, String> policy(Policy policy) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            options.put("jctl.policy.rule." + (i + 1), policy.rules().get(i).toString());
        }
        if (policy.closed() || !options.isEmpty()) {
            options.put("jctl.policy.default", policy.closed() ? "deny" : "allow");
        }
        return options;
    }

    /** One of the cluster's that this node has no part of. */
    static NetworkView view(WantedNetwork network) {
        return new NetworkView(network.id(), network.name(), "overlay", Optional.of(network.createdAt()),
                network.internal(), network.subnets().stream().map(each ->
                        new NetworkView.AddressBlock(text(each.network()) + "/" + each.prefixLength(), "", "")).toList(),
                network.labels(), options(network), List.of());
    }

    /** How much of a container's IPv4 address names what is on its link: of a shared network nothing else is. */
    static int prefix(Bridge bridge) {
        return bridge.peers().isPresent() ? Integer.SIZE : bridge.subnet().prefixLength();
    }

    /** A container's place as the runtime tells of it. */
    static Endpoint endpoint(HostNetworks.Network network, BridgeAttacher.Attached attached) {
        Bridge bridge = attached.bridge();
        List<PortBinding> ports = new ArrayList<>();
        for (PortMapping port : attached.lease().ports()) {
            if (port.covers(false)) {
                ports.add(binding(port, "0.0.0.0"));
            }
            if (port.covers(true) && attached.lease().address6().isPresent()) {
                ports.add(binding(port, "::"));
            }
        }
        return new Endpoint(network.name(), network.id(), network.hasNames(),
                attached.lease().address().getHostAddress() + "/" + prefix(bridge),
                bridge.gateway().getHostAddress(),
                attached.lease().address6().map(address -> text(address) + "/"
                        + bridge.ipv6().orElseThrow().subnet().prefixLength()).orElse(""),
                bridge.ipv6().map(ipv6 -> text(ipv6.gateway())).orElse(""),
                ContainerLink.hardwareAddress(attached.lease().address()).toString(),
                attached.lease().names(), ports);
    }

    private static PortBinding binding(PortMapping port, String any) {
        boolean unspecified = port.hostAddress().isEmpty()
                || port.hostAddress().get().isAnyLocalAddress();
        return new PortBinding(unspecified ? any : text(port.hostAddress().get()),
                port.hostPort(), port.containerPort(), port.protocol().lowerCase());
    }

    /** An address as people write it: of IPv6's zeros the longest row is left out (RFC 5952). */
    static String text(InetAddress address) {
        if (address.getAddress().length == 4) {
            return address.getHostAddress();
        }
        String[] groups = address.getHostAddress().split("[:%]");
        int start = -1;
        int longest = 1;
        for (int at = 0; at < 8; at++) {
            int end = at;
            while (end < 8 && groups[end].equals("0")) {
                end++;
            }
            if (end - at > longest) {
                start = at;
                longest = end - at;
            }
        }
        if (start < 0) {
            return String.join(":", List.of(groups).subList(0, 8));
        }
        return String.join(":", List.of(groups).subList(0, start)) + "::"
                + String.join(":", List.of(groups).subList(start + longest, 8));
    }

    static NetworkFlows flows(Flows flows) {
        return new NetworkFlows(flows.network(), flows.refused().stream().map(each -> new NetworkFlows.Refused(each.from(),
                each.to(), each.protocol(), each.port(), each.packets(), each.agoSeconds(), each.rule())).toList(),
                flows.rules().stream().map(each -> new NetworkFlows.Rule(each.rule(), each.packets())).toList());
    }
}
