package linux.netlink;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A tracked connection as the kernel tells it ({@code linux/netfilter/nfnetlink_conntrack.h}).
 *
 * @param ipv6         its address family
 * @param answeredFrom where its answers come from: the other end, whatever address was asked for
 * @param protocol     of IP
 * @param named        the attributes that tell it from all others, to be sent as they are
 */
public record ConntrackInfo(boolean ipv6, InetAddress answeredFrom, int protocol, List<Named> named) {
    private static final int HEADER_BYTES = 4;
    private static final int UDP = 17;

    /**
     * An attribute that is sent back.
     *
     * @param type  of it
     * @param value its bytes
     */
    public record Named(int type, byte[] value) {
    }

    /** Copies the list. */
    public ConntrackInfo {
        named = List.copyOf(named);
    }

    /** Reads the payload of an {@code IPCTNL_MSG_CT_NEW} message; empty if it is of no such family, or says not where answers come from. */
    public static Optional<ConntrackInfo> decode(byte[] payload) {
        if (payload.length < HEADER_BYTES || payload[0] != Family.INET && payload[0] != Family.INET6) {
            return Optional.empty();
        }
        boolean ipv6 = payload[0] == Family.INET6;
        Attributes all = Attributes.read(payload, HEADER_BYTES);
        Attributes reply = all.nested(ConntrackMessages.CTA_TUPLE_REPLY);
        Optional<InetAddress> from = reply.nested(ConntrackMessages.CTA_TUPLE_IP).address(ipv6 ? ConntrackMessages.CTA_IP_V6_SRC
                : ConntrackMessages.CTA_IP_V4_SRC);
        int protocol = reply.nested(ConntrackMessages.CTA_TUPLE_PROTO).bytes(ConntrackMessages.CTA_PROTO_NUM)
                .filter(each -> each.length > 0).map(each -> each[0] & 0xff).orElse(0);
        List<Named> named = ConntrackMessages.NAMING.stream().flatMap(type -> all.bytes(type).map(value ->
                new Named(type, value)).stream()).toList();
        return from.filter(each -> all.bytes(ConntrackMessages.CTA_TUPLE_ORIG).isPresent()).map(each ->
                new ConntrackInfo(ipv6, each, protocol, named));
    }

    /** Whether it is of datagrams, which have no end of their own. */
    public boolean isOfDatagrams() {
        return protocol == UDP;
    }
}
