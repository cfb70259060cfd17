package overlaynet.attach;

import java.net.InetAddress;
import java.util.List;
import linux.netlink.HardwareAddress;
import linux.netlink.NetlinkRequest;
import overlaynet.link.Bridge;

/**
 * A container's place in a network, reserved but not yet wired: the messages do that.
 *
 * @param interfaceName   the link inside the container
 * @param lease           its addresses and published ports
 * @param bridge          the bridge it hangs on, with the subnets and the gateways
 * @param hardwareAddress Ethernet address of the link
 * @param dnsServers      name servers a container can reach, as the host's resolv.conf names them
 * @param hostSide        to be sent in the host's network namespace, first
 * @param containerSide   to be sent in the container's network namespace, then; the loopback link
 *                        is not among them ({@code LinkMessages.loopbackUp})
 * @param warnings        what does not work and how to mend it, a sentence each
 */
public record Attachment(
        String interfaceName,
        Lease lease,
        Bridge bridge,
        HardwareAddress hardwareAddress,
        List<InetAddress> dnsServers,
        List<NetlinkRequest> hostSide,
        List<NetlinkRequest> containerSide,
        List<String> warnings) {

    /** The container's IPv4 address. */
    public InetAddress address() {
        return lease.address();
    }
}
