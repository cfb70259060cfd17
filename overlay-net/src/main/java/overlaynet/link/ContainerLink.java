package overlaynet.link;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import linux.netlink.AddressMessages;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkMessages;
import linux.netlink.NetlinkRequest;
import linux.netlink.RouteMessages;
import linux.netlink.VethPair;
import overlaynet.ipam.Subnet;

/**
 * The virtual cable between a container and a bridge, as messages.
 *
 * @param bridge      the bridge it is plugged into
 * @param hostName    name of the host's end
 * @param address     the container's IPv4 address
 * @param address6    its IPv6 address, where the bridge has IPv6
 * @param number      0 for the container's first link, {@code eth0}, 1 for {@code eth1} …
 * @param way         whether what is for elsewhere goes through it, where the bridge lets it out
 * @param name        of the container's end
 */
public record ContainerLink(Bridge bridge, String hostName, InetAddress address,
        Optional<InetAddress> address6, int number, boolean way, String name) {
    private static final String HOST_PREFIX = "jv";
    private static final int HOST_DIGITS = 12;
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]{" + HOST_DIGITS + ",}");
    /**
     * Any number unused in the container's new namespace does, and it must be known beforehand,
     * since the messages that follow name the link by it. Kernels with tunnel drivers built in give
     * their fallback links 2, 3 … in every namespace, hence not one of these.
     */
    private static final int FIRST_CONTAINER_INDEX = 1000;
    private static final int IPV6_BITS = 128;

    /** One with the usual name. */
    public ContainerLink(Bridge bridge, String hostName, InetAddress address, Optional<InetAddress> address6, int number,
            boolean way) {
        this(bridge, hostName, address, address6, number, way, containerName(number));
    }

    /** A container's only link, of IPv4 alone. */
    public ContainerLink(Bridge bridge, String hostName, InetAddress address) {
        this(bridge, hostName, address, Optional.empty(), 0, true);
    }

    /** The usual name of the container's end. */
    public static String containerName(int number) {
        return "eth" + number;
    }

    private int containerIndex() {
        return FIRST_CONTAINER_INDEX + number;
    }

    /** The name of the host's end: from the container's id, so that leftovers are found again. */
    public static String hostName(String containerId) {
        boolean hexadecimal = HEXADECIMAL.matcher(containerId).matches();
        String digits = hexadecimal ? containerId : BridgeSettings.digest(containerId);
        return HOST_PREFIX + digits.substring(0, HOST_DIGITS);
    }

    /** The same for a network that is not the first of its agent. */
    public static String hostName(String containerId, String networkId) {
        return networkId.isEmpty() ? hostName(containerId)
                : hostName(BridgeSettings.digest(containerId + "@" + networkId));
    }

    /** Whether a link of that name is the host's end of a container's cable. */
    public static boolean isHostName(String name) {
        return name.length() == HOST_PREFIX.length() + HOST_DIGITS && name.startsWith(HOST_PREFIX)
                && HEXADECIMAL.matcher(name.substring(HOST_PREFIX.length())).matches();
    }

    /**
     * An Ethernet address of the locally administered range that follows from the IPv4 address, so
     * a neighbour entry somebody kept is right again when the address comes back.
     */
    public static HardwareAddress hardwareAddress(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HardwareAddress.of(
                new byte[] {0x02, 0x6a, bytes[0], bytes[1], bytes[2], bytes[3]});
    }

    /** The Ethernet address of the container's end. */
    public HardwareAddress hardwareAddress() {
        return hardwareAddress(address);
    }

    /**
     * The index of the host's end. The kernel takes an index for the container's end only together
     * with one for the host's, and it must be free on the whole host: the bridge's own index in the
     * upper bits keeps bridges apart, the address's place in the subnet keeps containers apart.
     */
    public int hostIndex() {
        int upper = bridge.index() % 0x7fff + 1;
        return upper << 16 | (int) (bridge.subnet().offsetOf(address) & 0xffff);
    }

    /**
     * What is sent in the host's network namespace.
     *
     * @param namespaceDescriptor the sender's file descriptor of the container's network namespace
     */
    public List<NetlinkRequest> hostSide(int namespaceDescriptor) {
        VethPair pair = new VethPair(hostName, hostIndex(), OptionalInt.of(bridge.index()),
                name, containerIndex(), hardwareAddress(), namespaceDescriptor,
                bridge.mtuBytes());
        return List.of(LinkMessages.createVethPair(pair).because("a virtual cable: one end in the"
                + " bridge " + bridge.linkName() + " on the host, the other, " + name
                + ", inside the container"));
    }

    /** What is sent in the container's network namespace, after the host's side is done. */
    public List<NetlinkRequest> containerSide() {
        int index = containerIndex();
        List<NetlinkRequest> requests = new ArrayList<>();
        boolean alone = bridge.peers().isPresent();
        requests.add(AddressMessages.add(address, alone ? Integer.SIZE : bridge.subnet().prefixLength(), index)
                .because("the container's own address in " + bridge.subnet()));
        requests.add(LinkMessages.up(index).because("a link is created down; routes through"
                + " it need it up"));
        bridge.ipv6().ifPresent(ipv6 -> requests.add(AddressMessages.add(address6.orElseThrow(),
                alone ? IPV6_BITS : ipv6.subnet().prefixLength(), index)
                .because("the container's own address in " + ipv6.subnet())));
        bridge.peers().ifPresent(peers -> requests.addAll(network(peers)));
        if (way && !bridge.internal()) {
            requests.addAll(routes());
        }
        return requests;
    }

    /** The way to all of a network that nodes share: by the host, also to containers beside this one. */
    private List<NetlinkRequest> network(Bridge.Peers peers) {
        List<NetlinkRequest> requests = new ArrayList<>();
        for (Subnet each : peers.subnets()) {
            InetAddress gateway = each.ipv4() ? bridge.gateway() : bridge.ipv6().orElseThrow().gateway();
            requests.add(RouteMessages.addOnLink(gateway, gateway.getAddress().length * Byte.SIZE, containerIndex())
                    .because("the bridge's address is the only one on the link"));
            requests.add(RouteMessages.add(each.network(), each.prefixLength(), gateway, containerIndex())
                    .because("all of the network is reached by way of the host, which balances, and keeps its rules"));
        }
        return requests;
    }

    /** What makes it the way to elsewhere, to be sent in the container's network namespace. */
    public List<NetlinkRequest> routes() {
        List<NetlinkRequest> requests = new ArrayList<>();
        requests.add(RouteMessages.addDefault(bridge.gateway(), containerIndex())
                .because("everything outside of " + bridge.subnet()
                        + " goes through the bridge's address"));
        bridge.ipv6().ifPresent(ipv6 -> requests.add(
                RouteMessages.addDefault(ipv6.gateway(), containerIndex())
                        .because("everything outside of " + ipv6.subnet()
                                + " goes through the bridge's address")));
        return requests;
    }
}
