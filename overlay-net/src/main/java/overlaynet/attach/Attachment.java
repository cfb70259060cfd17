package overlaynet.attach;

import java.net.InetAddress;
import java.util.List;
import linux.netlink.HardwareAddress;
import linux.netlink.NetlinkRequest;

/**
 * A container's place in a network, reserved but not yet wired: the messages do that.
 *
 * @param interfaceName   the link inside the container
 * @param address         the container's address
 * @param prefixLength    bits of it that name the network
 * @param gateway         where packets for elsewhere go
 * @param hardwareAddress Ethernet address of the link
 * @param mtuBytes        largest packet
 * @param dnsServers      name servers a container can reach, as the host's resolv.conf names them
 * @param hostSide        to be sent in the host's network namespace, first
 * @param containerSide   to be sent in the container's network namespace, then; the loopback link
 *                        is not among them ({@code LinkMessages.loopbackUp})
 * @param warnings        what does not work and how to mend it, a sentence each
 */
public record Attachment(
        String interfaceName,
        InetAddress address,
        int prefixLength,
        InetAddress gateway,
        HardwareAddress hardwareAddress,
        int mtuBytes,
        List<InetAddress> dnsServers,
        List<NetlinkRequest> hostSide,
        List<NetlinkRequest> containerSide,
        List<String> warnings) {}
