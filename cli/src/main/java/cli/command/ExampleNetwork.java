package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.netlink.NetlinkRequest;
import overlaynet.attach.HostNetworks;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.network.Endpoint;
import runtime.network.NetworkChoice;
import runtime.plan.PlanInput;

/** The bridge as a plan shows it where there is none: messages with addresses that stand for some. */
final class ExampleNetwork implements ContainerNetwork {
    private static final Subnet SUBNET = Subnet.parse("10.88.0.0/16");
    private static final int BRIDGE_INDEX = 4;
    private static final int MTU_BYTES = 1500;

    /** A network that is there, and what is asked of it. */
    record Place(HostNetworks.Network network, NetworkChoice choice) {}

    /** What wiring a container to the default bridge would send, where there is none. */
    static Attachment attachment(String containerId) {
        Bridge bridge = standing(BridgeSettings.forRunFolder(Path.of("/run/jctl")).linkName());
        return attachment(containerId, List.of(new ContainerLink(bridge,
                ContainerLink.hostName(containerId), bridge.subnet().at(2))), 0);
    }

    /** What wiring a container to these networks would send. */
    static Attachment attachment(String containerId, List<Place> places)
            throws ContainerException {
        int way = 0;
        while (way < places.size() - 1 && places.get(way).network.internal()) {
            way++;
        }
        List<ContainerLink> links = new ArrayList<>();
        for (int number = 0; number < places.size(); number++) {
            HostNetworks.Network network = places.get(number).network;
            Bridge bridge = bridge(network, BRIDGE_INDEX + number);
            InetAddress address = PlaceTranslation.address("--ip",
                    places.get(number).choice.ipv4Address()).orElseGet(() ->
                            free(bridge.subnet(), bridge.gateway()));
            Optional<InetAddress> address6 = bridge.ipv6().isEmpty() ? Optional.empty()
                    : PlaceTranslation.address("--ip6", places.get(number).choice.ipv6Address())
                            .or(() -> bridge.ipv6().map(ipv6 ->
                                    free(ipv6.subnet(), ipv6.gateway())));
            if (!bridge.subnet().contains(address)) {
                throw new ContainerException(ContainerException.Reason.INVALID_OPTION, "--ip "
                        + address.getHostAddress() + " is not in " + bridge.subnet()
                        + ", the subnet of the network " + network.name());
            }
            links.add(new ContainerLink(bridge, ContainerLink.hostName(containerId,
                    network.definition().isEmpty() ? "" : network.id()), address, address6, number,
                    number == way, places.get(number).choice.interfaceName().isEmpty()
                            ? ContainerLink.containerName(number) : places.get(number).choice.interfaceName()));
        }
        return attachment(containerId, links, way);
    }

    private static Attachment attachment(String containerId, List<ContainerLink> links, int way) {
        List<String> addresses = new ArrayList<>();
        List<NetlinkRequest> hostSide = new ArrayList<>();
        List<NetlinkRequest> containerSide = new ArrayList<>();
        for (ContainerLink link : links) {
            addresses.add(link.address().getHostAddress() + "/"
                    + link.bridge().subnet().prefixLength());
            hostSide.addAll(link.hostSide(PlanInput.Network.NAMESPACE_DESCRIPTOR));
            containerSide.addAll(link.containerSide());
        }
        return new Attachment(containerId, addresses,
                links.get(way).bridge().gateway().getHostAddress(), List.of(), hostSide,
                containerSide, List.of());
    }

    /** As it stands, or as it would once a container needs it. */
    private static Bridge bridge(HostNetworks.Network network, int index) {
        return network.bridge().orElseGet(() -> network.definition().map(definition ->
                new Bridge(definition.linkName(), index, definition.subnet(),
                        definition.gateway(), definition.ipv6().map(ipv6 ->
                                new Bridge.Ipv6(ipv6.subnet(), ipv6.gateway())),
                        definition.internal(), definition.mtuBytes().orElse(MTU_BYTES)))
                .orElseGet(() -> standing(network.linkName())));
    }

    private static Bridge standing(String linkName) {
        return new Bridge(linkName, BRIDGE_INDEX, SUBNET, SUBNET.at(1), MTU_BYTES);
    }

    /** The first address that is not the gateway's stands for the next free one. */
    private static InetAddress free(Subnet subnet, InetAddress gateway) {
        long first = subnet.firstHostOffset();
        return subnet.at(first).equals(gateway) ? subnet.at(first + 1) : subnet.at(first);
    }

    @Override
    public boolean attaches(ContainerOptions.Network options) throws ContainerException {
        return NetworkModes.attaches(options);
    }

    @Override
    public boolean wiresCreated(ContainerOptions.Network options) {
        return PluginPlaces.isMeant(options);
    }

    @Override
    public Attachment reserve(PlaceRequest request) throws IOException {
        throw new IOException("a plan that is only shown reserves nothing");
    }

    @Override
    public List<Endpoint> endpoints(String containerId) {
        return List.of();
    }

    @Override
    public Attachment example(String containerId, ContainerOptions.Network options) {
        return attachment(containerId);
    }

    @Override
    public void release(String containerId) {
        // Nothing was reserved.
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) {
        return List.of();
    }
}
