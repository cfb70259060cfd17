package linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route as the kernel tells it.
 *
 * @param ipv6         its address family
 * @param destination  the network's first address; none for a default route
 * @param prefixLength bits that name the network; 0 for a default route
 * @param gateway      the next hop, if not on the link itself
 * @param linkIndex    the link packets leave through; none for blackholes and multipath routes
 * @param table        the routing table, 254 is the main one
 * @param type         {@code RTN_UNICAST} (1), {@code RTN_LOCAL} (2) …
 * @param protocol     who made it: {@code RTPROT_KERNEL} (2), {@code RTPROT_BOOT} (3, {@code ip route add}) …
 */
public record RouteInfo(
        boolean ipv6,
        Optional<InetAddress> destination,
        int prefixLength,
        Optional<InetAddress> gateway,
        OptionalInt linkIndex,
        int table,
        int type,
        int protocol) {

    private static final int STRUCT_BYTES = 12;

    /** One made as {@code ip route add} does. */
    public RouteInfo(boolean ipv6, Optional<InetAddress> destination, int prefixLength, Optional<InetAddress> gateway,
            OptionalInt linkIndex, int table, int type) {
        this(ipv6, destination, prefixLength, gateway, linkIndex, table, type, RouteMessages.PROTOCOL_BOOT);
    }

    /**
     * Reads the payload of an {@code RTM_NEWROUTE} message.
     *
     * @throws MalformedReplyException if it is too short, or the prefix does not fit the family
     */
    public static RouteInfo decode(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWROUTE of " + payload.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        boolean ipv6 = header.get(0) == Family.INET6;
        int prefixLength = header.get(1) & 0xff;
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        Optional<InetAddress> destination = attributes.address(RouteMessages.RTA_DST);
        boolean fits = destination.isEmpty()
                ? prefixLength == 0 : prefixLength <= destination.get().getAddress().length * 8;
        if (!fits && !otherFamily(header.get(0))) {
            throw new MalformedReplyException("RTM_NEWROUTE with prefix length " + prefixLength);
        }
        return new RouteInfo(ipv6, destination, prefixLength,
                attributes.address(RouteMessages.RTA_GATEWAY),
                attributes.u32(RouteMessages.RTA_OIF),
                attributes.u32(RouteMessages.RTA_TABLE).orElse(header.get(4) & 0xff),
                header.get(7) & 0xff, header.get(5) & 0xff);
    }

    /** A dump of all families also tells multicast and MPLS routes, whose addresses differ. */
    private static boolean otherFamily(int family) {
        return family != Family.INET && family != Family.INET6;
    }

    /** Whether it is a default route of the main table. */
    public boolean isDefault() {
        return prefixLength == 0 && table == RouteMessages.MAIN_TABLE;
    }
}
