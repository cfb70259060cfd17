package linux.netlink;

import java.net.InetAddress;

/**
 * Requests about tracked connections ({@code linux/netfilter/nfnetlink_conntrack.h}), for a netfilter
 * socket.
 */
public final class ConntrackMessages {
    /** {@code NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE}. */
    private static final int DELETE = 1 << 8 | 2;
    /** Above 0 the family in the header counts. */
    private static final int VERSION = 1;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_FILTER = 25;
    private static final int CTA_TUPLE_IP = 1;
    private static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_IP_V6_SRC = 3;
    private static final int CTA_FILTER_REPLY_FLAGS = 2;
    /** {@code CTA_FILTER_F_CTA_IP_SRC}: only the source address is compared. */
    private static final int ONLY_SOURCE = 1;

    private ConntrackMessages() {}

    /**
     * Forgets the connections whose answers come from an address, so all that lead to it, translated
     * or not. Linux 6.8; before, the kernel refuses it.
     */
    public static NetlinkRequest deleteAnsweredFrom(InetAddress address) {
        boolean ipv4 = address.getAddress().length == 4;
        MessageWriter writer = new MessageWriter(DELETE, MessageFlag.REQUEST | MessageFlag.ACK)
                .u8(Family.of(address)).u8(VERSION).u16(0);
        int tuple = writer.begin(CTA_TUPLE_REPLY | NLA_F_NESTED);
        int source = writer.begin(CTA_TUPLE_IP | NLA_F_NESTED);
        writer.attributeAddress(ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, address)
                .end(source).end(tuple);
        int filter = writer.begin(CTA_FILTER | NLA_F_NESTED);
        writer.attributeU32(CTA_FILTER_REPLY_FLAGS, ONLY_SOURCE).end(filter);
        return writer.request("IPCTNL_MSG_CT_DELETE reply-src " + address.getHostAddress(),
                "packets of a connection go where its first one went, as long as they come");
    }
}
