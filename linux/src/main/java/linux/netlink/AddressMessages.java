package linux.netlink;

import java.net.InetAddress;

/** Requests about the addresses of links ({@code rtnetlink(7)}, RTM_NEWADDR …). */
public final class AddressMessages {
    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    /** IPv6 only: use the address at once, skip duplicate address detection. */
    private static final int IFA_F_NODAD = 2;

    private AddressMessages() {}

    /** Adds an address to a link; EEXIST if the link has it. */
    public static NetlinkRequest add(InetAddress address, int prefixLength, int linkIndex) {
        int flags = MessageFlag.REQUEST | MessageFlag.ACK | MessageFlag.CREATE
                | MessageFlag.EXCLUSIVE;
        return address(MessageType.NEW_ADDRESS, flags, address, prefixLength, linkIndex)
                .request("RTM_NEWADDR " + text(address, prefixLength, linkIndex),
                        "the address other hosts reach this link under");
    }

    /** Removes an address from a link; EADDRNOTAVAIL if the link lacks it. */
    public static NetlinkRequest delete(InetAddress address, int prefixLength, int linkIndex) {
        return address(MessageType.DELETE_ADDRESS, MessageFlag.REQUEST | MessageFlag.ACK, address,
                prefixLength, linkIndex)
                .request("RTM_DELADDR " + text(address, prefixLength, linkIndex),
                        "the address is no longer needed");
    }

    /** Asks for all addresses of the namespace, of both families. */
    public static NetlinkRequest dump() {
        return new MessageWriter(MessageType.GET_ADDRESS, MessageFlag.REQUEST | MessageFlag.DUMP)
                .u8(0).u8(0).u8(0).u8(0).u32(0)
                .request("RTM_GETADDR all", "tells which addresses are in use");
    }

    /** {@code struct ifaddrmsg}, then the address. */
    private static MessageWriter address(int type, int flags, InetAddress address,
            int prefixLength, int linkIndex) {
        int family = Family.of(address);
        Family.checkPrefix(address, prefixLength);
        return new MessageWriter(type, flags)
                .u8(family).u8(prefixLength).u8(family == Family.INET6 ? IFA_F_NODAD : 0).u8(0)
                .u32(linkIndex)
                .attributeAddress(IFA_LOCAL, address)
                .attributeAddress(IFA_ADDRESS, address);
    }

    private static String text(InetAddress address, int prefixLength, int linkIndex) {
        return address.getHostAddress() + "/" + prefixLength + " dev " + linkIndex;
    }
}
