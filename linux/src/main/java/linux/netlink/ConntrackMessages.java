package linux.netlink;

import java.net.Inet4Address;
import java.util.List;

/**
 * Requests about tracked connections ({@code linux/netfilter/nfnetlink_conntrack.h}), for a netfilter
 * socket.
 */
public final class ConntrackMessages {
    /** {@code NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE}. */
    private static final int DELETE = 1 << 8 | 2;
    /** {@code NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET}. */
    private static final int GET = 1 << 8 | 1;
    /** Above 0 the family in the header counts. */
    private static final int VERSION = 1;
    private static final int NLA_F_NESTED = 0x8000;
    static final int CTA_TUPLE_ORIG = 1;
    static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_ID = 12;
    private static final int CTA_ZONE = 18;
    private static final int CTA_FILTER = 25;
    /** What tells a connection from all others. */
    static final List<Integer> NAMING = List.of(CTA_TUPLE_ORIG, CTA_ID, CTA_ZONE);
    static final int CTA_TUPLE_IP = 1;
    static final int CTA_TUPLE_PROTO = 2;
    static final int CTA_PROTO_NUM = 1;
    static final int CTA_IP_V4_SRC = 1;
    static final int CTA_IP_V6_SRC = 3;
    private static final int CTA_FILTER_REPLY_FLAGS = 2;
    /** {@code CTA_FILTER_F_CTA_IP_SRC}: only the source address is compared. */
    private static final int ONLY_SOURCE = 1;
    /** The same with {@code CTA_FILTER_F_CTA_PROTO_NUM}. */
    private static final int SOURCE_AND_PROTOCOL = 1 | 1 << 3;
    private static final int UDP = 17;

    private ConntrackMessages() {}

    /**
     * Forgets the connections whose answers come from an address, so all that lead to it, translated
     * or not. Linux 6.8; before, the kernel refuses it. Of IPv6 Linux 6.18 still forgets those of all <em>other</em> addresses
     * ({@code ctnetlink_filter_match_tuple} takes a difference for equality), so it cannot be asked of it.
     */
    public static NetlinkRequest deleteAnsweredFrom(Inet4Address address) {
        return delete(address, false);
    }

    /** The same of datagrams alone: what goes on without an end of its own. */
    public static NetlinkRequest deleteDatagramsAnsweredFrom(Inet4Address address) {
        return delete(address, true);
    }

    /** Asks for all of them, of both families. */
    public static NetlinkRequest dump() {
        return new MessageWriter(GET, MessageFlag.REQUEST | MessageFlag.DUMP).u8(0).u8(0).u16(0)
                .request("IPCTNL_MSG_CT_GET all", "tells which connections the host tracks");
    }

    /** Forgets one; ENOENT if it is no more. */
    public static NetlinkRequest delete(ConntrackInfo connection) {
        MessageWriter writer = new MessageWriter(DELETE, MessageFlag.REQUEST | MessageFlag.ACK)
                .u8(connection.ipv6() ? Family.INET6 : Family.INET).u8(0).u16(0);
        connection.named().forEach(each -> writer.attribute(each.type() == CTA_TUPLE_ORIG ? each.type() | NLA_F_NESTED
                : each.type(), each.value()));
        return writer.request("IPCTNL_MSG_CT_DELETE answered from " + connection.answeredFrom().getHostAddress(),
                "packets of a connection go where its first one went, as long as they come");
    }

    private static NetlinkRequest delete(Inet4Address address, boolean datagrams) {
        MessageWriter writer = new MessageWriter(DELETE, MessageFlag.REQUEST | MessageFlag.ACK)
                .u8(Family.of(address)).u8(VERSION).u16(0);
        int tuple = writer.begin(CTA_TUPLE_REPLY | NLA_F_NESTED);
        int source = writer.begin(CTA_TUPLE_IP | NLA_F_NESTED);
        writer.attributeAddress(CTA_IP_V4_SRC, address)
                .end(source);
        if (datagrams) {
            int protocol = writer.begin(CTA_TUPLE_PROTO | NLA_F_NESTED);
            writer.attributeU8(CTA_PROTO_NUM, UDP).end(protocol);
        }
        writer.end(tuple);
        int filter = writer.begin(CTA_FILTER | NLA_F_NESTED);
        writer.attributeU32(CTA_FILTER_REPLY_FLAGS, datagrams ? SOURCE_AND_PROTOCOL : ONLY_SOURCE).end(filter);
        return writer.request("IPCTNL_MSG_CT_DELETE reply-src " + address.getHostAddress() + (datagrams ? " udp" : ""),
                "packets of a connection go where its first one went, as long as they come");
    }
}
