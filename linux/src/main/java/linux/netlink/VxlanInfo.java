package linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What a VXLAN link carries and where, as the kernel tells it.
 *
 * @param networkId the VNI, 24 bits (RFC 7348)
 * @param local     the host's address that packets come from, if one was chosen
 * @param port      of UDP
 */
public record VxlanInfo(int networkId, Optional<InetAddress> local, int port) {
    private static final int STRUCT_BYTES = 16;

    /** Reads the payload of an {@code RTM_NEWLINK} message; empty if the link is no VXLAN. */
    public static Optional<VxlanInfo> decode(byte[] payload) {
        Attributes info = Attributes.read(payload, STRUCT_BYTES).nested(LinkMessages.IFLA_LINKINFO);
        if (!info.text(LinkMessages.IFLA_INFO_KIND).equals(Optional.of("vxlan"))) {
            return Optional.empty();
        }
        Attributes data = info.nested(LinkMessages.IFLA_INFO_DATA);
        return Optional.of(new VxlanInfo(data.u32(LinkMessages.IFLA_VXLAN_ID).orElse(0),
                data.address(LinkMessages.IFLA_VXLAN_LOCAL).or(() -> data.address(LinkMessages.IFLA_VXLAN_LOCAL6)),
                data.u16BigEndian(LinkMessages.IFLA_VXLAN_PORT).orElse(0)));
    }
}
