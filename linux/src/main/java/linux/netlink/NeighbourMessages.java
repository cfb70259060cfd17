package linux.netlink;

import java.net.InetAddress;

/** Requests about neighbours ({@code rtnetlink(7)}, RTM_NEWNEIGH …). */
public final class NeighbourMessages {
    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;
    private static final int NUD_PERMANENT = 0x80;
    private static final int AF_BRIDGE = 7;
    private static final int NTF_SELF = 0x02;
    private static final int ADD = MessageFlag.REQUEST | MessageFlag.ACK | MessageFlag.CREATE
            | MessageFlag.REPLACE;

    private NeighbourMessages() {}

    /** Sets the hardware address of a neighbour for good, so nobody has to ask for it. */
    public static NetlinkRequest setPermanent(InetAddress address, HardwareAddress hardware,
            int linkIndex) {
        return neighbour(MessageType.NEW_NEIGHBOUR, ADD, Family.of(address), linkIndex,
                NUD_PERMANENT, 0)
                .attributeAddress(NDA_DST, address)
                .attribute(NDA_LLADDR, hardware.bytes())
                .request("RTM_NEWNEIGH " + address.getHostAddress() + " lladdr " + hardware
                        + " dev "
                        + linkIndex + " permanent", "the neighbour's hardware address is known");
    }

    /** Deletes a neighbour; ENOENT if there is none. */
    public static NetlinkRequest delete(InetAddress address, int linkIndex) {
        return neighbour(MessageType.DELETE_NEIGHBOUR, MessageFlag.REQUEST | MessageFlag.ACK,
                Family.of(address), linkIndex, 0, 0)
                .attributeAddress(NDA_DST, address)
                .request("RTM_DELNEIGH " + address.getHostAddress() + " dev " + linkIndex,
                        "the neighbour is gone");
    }

    /** Sets which remote host a VXLAN link sends a hardware address to. */
    public static NetlinkRequest setForwarding(HardwareAddress hardware, InetAddress remote,
            int linkIndex) {
        return neighbour(MessageType.NEW_NEIGHBOUR, ADD, AF_BRIDGE, linkIndex, NUD_PERMANENT,
                NTF_SELF)
                .attributeAddress(NDA_DST, remote)
                .attribute(NDA_LLADDR, hardware.bytes())
                .request("RTM_NEWNEIGH bridge " + hardware + " dst " + remote.getHostAddress()
                        + " dev " + linkIndex + " self permanent",
                        "packets for the hardware address go to that host");
    }

    /** Deletes one of the remote hosts that a VXLAN link sends a hardware address to; ENOENT if it is none. */
    public static NetlinkRequest deleteForwarding(HardwareAddress hardware, InetAddress remote, int linkIndex) {
        return neighbour(MessageType.DELETE_NEIGHBOUR, MessageFlag.REQUEST | MessageFlag.ACK, AF_BRIDGE, linkIndex, 0,
                NTF_SELF)
                .attributeAddress(NDA_DST, remote)
                .attribute(NDA_LLADDR, hardware.bytes())
                .request("RTM_DELNEIGH bridge " + hardware + " dst " + remote.getHostAddress() + " dev " + linkIndex
                        + " self", "packets for the hardware address go to that host no more");
    }

    /** Asks for what bridges and VXLAN links send where: of the latter, {@link NeighbourInfo#address} is the host. */
    public static NetlinkRequest dumpForwarding() {
        return neighbour(MessageType.GET_NEIGHBOUR, MessageFlag.REQUEST | MessageFlag.DUMP, AF_BRIDGE, 0, 0, 0)
                .request("RTM_GETNEIGH bridge", "tells which hardware address is behind which host");
    }

    /** Asks for all neighbours of both address families. */
    public static NetlinkRequest dump() {
        return neighbour(MessageType.GET_NEIGHBOUR, MessageFlag.REQUEST | MessageFlag.DUMP, 0, 0, 0,
                0)
                .request("RTM_GETNEIGH all", "tells which neighbours are known");
    }

    /** {@code struct ndmsg}. */
    private static MessageWriter neighbour(int type, int flags, int family, int linkIndex,
            int state, int entryFlags) {
        return new MessageWriter(type, flags)
                .u8(family).u8(0).u16(0).u32(linkIndex).u16(state).u8(entryFlags).u8(0);
    }
}
