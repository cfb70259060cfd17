package cli.command;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import overlaynet.ipam.Subnet;
import overlaynet.link.Bridge;
import overlaynet.link.BridgeSettings;
import overlaynet.link.ContainerLink;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.ContainerOptions;
import runtime.network.Endpoint;
import runtime.plan.PlanInput;

/** The bridge as a plan shows it where there is none: messages with addresses that stand for some. */
final class ExampleNetwork implements ContainerNetwork {
    private static final Subnet SUBNET = Subnet.parse("10.88.0.0/16");
    private static final int BRIDGE_INDEX = 4;
    private static final int MTU_BYTES = 1500;

    /** What wiring a container to the default bridge would send. */
    static Attachment attachment(String containerId) {
        InetAddress gateway = address(1);
        InetAddress own = address(2);
        Bridge bridge = new Bridge(BridgeSettings.forRunFolder(Path.of("/run/jctl")).linkName(),
                BRIDGE_INDEX, SUBNET, gateway, MTU_BYTES);
        ContainerLink link = new ContainerLink(bridge, ContainerLink.hostName(containerId), own);
        return new Attachment(containerId,
                List.of(own.getHostAddress() + "/" + SUBNET.prefixLength()), gateway.getHostAddress(),
                List.of(), link.hostSide(PlanInput.Network.NAMESPACE_DESCRIPTOR),
                link.containerSide(), List.of());
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 88, 0, (byte) last});
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
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
    public Attachment example(String containerId) {
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
