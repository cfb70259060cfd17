package overlaynet.link;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.netlink.AddressInfo;
import linux.netlink.HardwareAddress;
import linux.netlink.LinkInfo;
import overlaynet.ipam.Subnet;
import overlaynet.ipam.SubnetChoice;

/** What must be done so that the bridge stands, decided from the host's state alone. */
sealed interface BridgeDecision {

    /**
     * The bridge can stand.
     *
     * @param create     whether the link is to be made
     * @param addGateway whether the gateway's address is to be added
     * @param bringUp    whether an existing link is to be brought up
     * @param addIpv6    the IPv6 address that is to be added, if one is
     * @param mtuBytes   of the containers' links; also of the bridge if it is made
     */
    record Build(boolean create, boolean addGateway, boolean bringUp, Subnet subnet,
            InetAddress gateway, Optional<Bridge.Ipv6> addIpv6, HardwareAddress address,
            int mtuBytes) implements BridgeDecision {}

    /** It cannot; the reason says what is in the way and what to do. */
    record Refuse(String reason) implements BridgeDecision {}

    /** Without a default route: what every Ethernet carries. */
    int ETHERNET_MTU_BYTES = 1500;

    /**
     * Decides.
     *
     * @param remembered the subnet the bridge had before, kept if it is still free
     * @param avoid      more subnets not to use, such as those of name servers
     */
    static BridgeDecision decide(BridgeSettings settings, Optional<Subnet> remembered,
            List<Subnet> avoid, HostNetwork host) {
        Optional<LinkInfo> link = host.link(settings.linkName());
        if (link.isPresent() && !link.get().kind().equals(Optional.of("bridge"))) {
            return new Refuse("the network link " + settings.linkName() + " exists and is "
                    + link.get().kind().map(kind -> "of kind " + kind).orElse("no virtual link")
                    + ", not a bridge; rename or delete it (ip link delete " + settings.linkName()
                    + ")");
        }
        Optional<AddressInfo> gateway = link.flatMap(
                existing -> host.ipv4Addresses(existing.index()).stream().findFirst());
        boolean up = link.map(LinkInfo::up).orElse(true);
        int mtuBytes = settings.mtuBytes()
                .orElse(host.uplinkMtuBytes().orElse(ETHERNET_MTU_BYTES));
        Optional<Bridge.Ipv6> addIpv6 = settings.ipv6().filter(ipv6 -> link.isEmpty()
                || host.addresses().stream().noneMatch(has ->
                        has.linkIndex() == link.get().index()
                                && has.address().equals(ipv6.gateway())));
        if (gateway.isPresent()) {
            return adopt(settings, gateway.get(), addIpv6, up, mtuBytes);
        }
        List<Subnet> taken = new ArrayList<>(host.taken());
        taken.addAll(avoid);
        return choose(settings, remembered, taken)
                .<BridgeDecision>map(subnet -> build(settings, subnet, link.isEmpty(), true, !up,
                        addIpv6, mtuBytes))
                .orElseGet(() -> new Refuse(noSubnet(settings)));
    }

    private static BridgeDecision adopt(BridgeSettings settings, AddressInfo gateway,
            Optional<Bridge.Ipv6> addIpv6, boolean up, int mtuBytes) {
        Subnet found = Subnet.containing(gateway.address(), gateway.prefixLength());
        String has = "the bridge " + settings.linkName() + " has the address "
                + gateway.address().getHostAddress() + "/" + gateway.prefixLength();
        if (settings.subnet().isPresent() && !settings.subnet().get().equals(found)) {
            return new Refuse(has + ", which is not in the configured subnet "
                    + settings.subnet().get()
                    + "; stop its containers and delete it (ip link delete "
                    + settings.linkName() + ")");
        }
        if (found.prefixLength() < 16 || found.prefixLength() > 29
                || !gateway.address().equals(settings.gatewayIn(found))) {
            return new Refuse(has + "; expected the first address of a subnet from /16 to /29;"
                    + " delete the bridge (ip link delete " + settings.linkName() + ")");
        }
        return build(settings, found, false, false, !up, addIpv6, mtuBytes);
    }

    private static Optional<Subnet> choose(BridgeSettings settings, Optional<Subnet> remembered,
            List<Subnet> taken) {
        if (settings.subnet().isPresent()) {
            return SubnetChoice.choose(List.of(settings.subnet().get()), taken);
        }
        List<Subnet> candidates = new ArrayList<>(remembered.stream().toList());
        candidates.addAll(SubnetChoice.candidates());
        return SubnetChoice.choose(candidates, taken);
    }

    private static String noSubnet(BridgeSettings settings) {
        return settings.subnet()
                .map(subnet -> "the configured subnet " + subnet + " of the bridge "
                        + settings.linkName() + " overlaps a network the host reaches already"
                        + " (ip route show table all); choose another")
                .orElse("every private subnet tried for the bridge " + settings.linkName()
                        + " overlaps a network the host reaches already (ip route show table all);"
                        + " configure a free one");
    }

    private static Build build(BridgeSettings settings, Subnet subnet, boolean create,
            boolean addGateway, boolean bringUp, Optional<Bridge.Ipv6> addIpv6, int mtuBytes) {
        InetAddress gateway = settings.gatewayIn(subnet);
        return new Build(create, addGateway, bringUp, subnet, gateway, addIpv6,
                ContainerLink.hardwareAddress(gateway), mtuBytes);
    }
}
