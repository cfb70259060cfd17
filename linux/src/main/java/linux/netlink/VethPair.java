package linux.netlink;

import java.util.OptionalInt;

/**
 * A pair of virtual Ethernet links to create in one message, the far end in another namespace.
 *
 * <p>Both indexes are chosen by the sender. The kernel takes the far end's index only if the near
 * end's is given as well ({@code veth_newlink}), and with a known index the far end can be
 * addressed from inside its namespace without asking for it first.
 *
 * @param hostName            name of the near end
 * @param hostIndex           index of the near end, unused in the sender's namespace
 * @param master              index of the bridge the near end joins, if any
 * @param peerName            name of the far end
 * @param peerIndex           index of the far end, unused in its namespace
 * @param peerHardwareAddress Ethernet address of the far end
 * @param namespaceDescriptor the sender's file descriptor of the far end's network namespace
 * @param mtuBytes            largest packet of both ends
 */
public record VethPair(
        String hostName,
        int hostIndex,
        OptionalInt master,
        String peerName,
        int peerIndex,
        HardwareAddress peerHardwareAddress,
        int namespaceDescriptor,
        int mtuBytes) {

    /** @throws IllegalArgumentException if a name, index, descriptor or the MTU cannot be right */
    public VethPair {
        LinkName.check(hostName);
        LinkName.check(peerName);
        if (hostIndex <= 0 || peerIndex <= 0 || namespaceDescriptor < 0) {
            throw new IllegalArgumentException("veth pair " + hostName + " index " + hostIndex
                    + " peer index " + peerIndex + " netns-fd " + namespaceDescriptor);
        }
        // ETH_MIN_MTU and ETH_MAX_MTU, what the veth driver accepts.
        if (mtuBytes < 68 || mtuBytes > 65_535) {
            throw new IllegalArgumentException("veth pair " + hostName + " mtu " + mtuBytes
                    + ", must be from 68 to 65535");
        }
    }
}
