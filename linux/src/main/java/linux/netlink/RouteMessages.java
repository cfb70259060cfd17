package linux.netlink;

import java.net.InetAddress;

/** Requests about routes of the main table ({@code rtnetlink(7)}, RTM_NEWROUTE …). */
public final class RouteMessages {
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    private static final int RTA_PREFSRC = 7;
    static final int RTA_TABLE = 15;
    private static final int RTNH_F_ONLINK = 4;
    /** {@code RT_TABLE_MAIN}. */
    public static final int MAIN_TABLE = 254;
    /** {@code RTPROT_BOOT}, what {@code ip route add} uses. */
    static final int PROTOCOL_BOOT = 3;
    /** By which the routes of this program's networks are known from others' ({@code rt_protos} gives it to nobody). */
    public static final int PROTOCOL_OWN = 106;
    /** {@code RTN_UNREACHABLE}: who sends there is told so. */
    public static final int UNREACHABLE = 7;
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_LINK = 253;
    private static final int SCOPE_NOWHERE = 255;
    /** {@code RTN_UNICAST}: a way to somewhere. */
    public static final int UNICAST = 1;
    private static final int ADD = MessageFlag.REQUEST | MessageFlag.ACK | MessageFlag.CREATE
            | MessageFlag.EXCLUSIVE;

    private RouteMessages() {}

    /** Adds the default route of the gateway's family. */
    public static NetlinkRequest addDefault(InetAddress gateway, int linkIndex) {
        return route(MessageType.NEW_ROUTE, ADD, Family.of(gateway), 0, SCOPE_UNIVERSE)
                .attributeAddress(RTA_GATEWAY, gateway)
                .attributeU32(RTA_OIF, linkIndex)
                .request("RTM_NEWROUTE default via " + gateway.getHostAddress() + " dev "
                        + linkIndex,
                        "whatever is not on the link's own network goes through the gateway");
    }

    /** Adds a route through a gateway. */
    public static NetlinkRequest add(InetAddress destination, int prefixLength, InetAddress gateway,
            int linkIndex) {
        return to(MessageType.NEW_ROUTE, ADD, destination, prefixLength, SCOPE_UNIVERSE)
                .attributeAddress(RTA_GATEWAY, gateway)
                .attributeU32(RTA_OIF, linkIndex)
                .request("RTM_NEWROUTE " + destination.getHostAddress() + "/" + prefixLength
                        + " via "
                        + gateway.getHostAddress() + " dev " + linkIndex,
                        "the destination is reached through the gateway");
    }

    /** Adds a route to a destination that is on the link itself. */
    public static NetlinkRequest addOnLink(InetAddress destination, int prefixLength,
            int linkIndex) {
        return to(MessageType.NEW_ROUTE, ADD, destination, prefixLength, SCOPE_LINK)
                .attributeU32(RTA_OIF, linkIndex)
                .request("RTM_NEWROUTE " + destination.getHostAddress() + "/" + prefixLength
                        + " dev "
                        + linkIndex, "the destination is on the link itself");
    }

    /**
     * Adds a route through a gateway that is taken to be on the link, whatever the link's own addresses say.
     *
     * @param source what the host's own packets that way come from
     */
    public static NetlinkRequest addThrough(InetAddress destination, int prefixLength, InetAddress gateway, int linkIndex,
            InetAddress source) {
        Family.checkPrefix(destination, prefixLength);
        return route(MessageType.NEW_ROUTE, ADD, Family.of(destination), prefixLength, SCOPE_UNIVERSE, RTNH_F_ONLINK)
                .attributeAddress(RTA_DST, destination)
                .attributeAddress(RTA_GATEWAY, gateway)
                .attributeAddress(RTA_PREFSRC, source)
                .attributeU32(RTA_OIF, linkIndex)
                .request("RTM_NEWROUTE " + destination.getHostAddress() + "/" + prefixLength + " via "
                        + gateway.getHostAddress() + " dev " + linkIndex + " onlink src " + source.getHostAddress(),
                        "the destination is reached through the gateway at the link's other end");
    }

    /**
     * Adds a route of {@link #PROTOCOL_OWN} through a gateway, which must be on a link itself: ENETUNREACH otherwise.
     *
     * @param source what the host's own packets that way come from
     */
    public static NetlinkRequest addOwn(InetAddress destination, int prefixLength, InetAddress gateway, InetAddress source) {
        return own(MessageType.NEW_ROUTE, ADD, destination, prefixLength, SCOPE_UNIVERSE, UNICAST)
                .attributeAddress(RTA_GATEWAY, gateway)
                .attributeAddress(RTA_PREFSRC, source)
                .request("RTM_NEWROUTE " + prefix(destination, prefixLength) + " via " + gateway.getHostAddress() + " src "
                        + source.getHostAddress() + " proto " + PROTOCOL_OWN,
                        "the destination is reached through the gateway, which is on a link of this host");
    }

    /** Adds a route of {@link #PROTOCOL_OWN} that leads nowhere. */
    public static NetlinkRequest addOwnUnreachable(InetAddress destination, int prefixLength) {
        return own(MessageType.NEW_ROUTE, ADD, destination, prefixLength, SCOPE_UNIVERSE, UNREACHABLE)
                .request("RTM_NEWROUTE unreachable " + prefix(destination, prefixLength) + " proto " + PROTOCOL_OWN,
                        "what has no way of its own there has none at all");
    }

    /**
     * Deletes a route of {@link #PROTOCOL_OWN}; ESRCH if there is none.
     *
     * @param type {@link #UNICAST} or {@link #UNREACHABLE}
     */
    public static NetlinkRequest deleteOwn(InetAddress destination, int prefixLength, int type) {
        return own(MessageType.DELETE_ROUTE, MessageFlag.REQUEST | MessageFlag.ACK, destination, prefixLength, SCOPE_NOWHERE,
                type).request("RTM_DELROUTE " + (type == UNREACHABLE ? "unreachable " : "") + prefix(destination, prefixLength)
                        + " proto " + PROTOCOL_OWN, "the route is no longer needed");
    }

    private static MessageWriter own(int type, int flags, InetAddress destination, int prefixLength, int scope, int routeType) {
        Family.checkPrefix(destination, prefixLength);
        return new MessageWriter(type, flags).u8(Family.of(destination)).u8(prefixLength).u8(0).u8(0).u8(MAIN_TABLE)
                .u8(PROTOCOL_OWN).u8(scope).u8(routeType).u32(0).attributeAddress(RTA_DST, destination);
    }

    private static String prefix(InetAddress destination, int prefixLength) {
        return destination.getHostAddress() + "/" + prefixLength;
    }

    /** Deletes the route to a destination through one link; ESRCH if there is none. */
    public static NetlinkRequest delete(InetAddress destination, int prefixLength, int linkIndex) {
        return to(MessageType.DELETE_ROUTE, MessageFlag.REQUEST | MessageFlag.ACK, destination, prefixLength,
                SCOPE_NOWHERE)
                .attributeU32(RTA_OIF, linkIndex)
                .request("RTM_DELROUTE " + destination.getHostAddress() + "/" + prefixLength + " dev " + linkIndex,
                        "the route is no longer needed");
    }

    /** Deletes the route to a destination; ESRCH if there is none. */
    public static NetlinkRequest delete(InetAddress destination, int prefixLength) {
        return to(MessageType.DELETE_ROUTE, MessageFlag.REQUEST | MessageFlag.ACK, destination,
                prefixLength, SCOPE_NOWHERE)
                .request("RTM_DELROUTE " + destination.getHostAddress() + "/" + prefixLength,
                        "the route is no longer needed");
    }

    /** Asks for the routes of all tables, of both families. */
    public static NetlinkRequest dump() {
        return new MessageWriter(MessageType.GET_ROUTE, MessageFlag.REQUEST | MessageFlag.DUMP)
                .u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0)
                .request("RTM_GETROUTE all", "tells which networks the host reaches");
    }

    private static MessageWriter to(int type, int flags, InetAddress destination, int prefixLength,
            int scope) {
        Family.checkPrefix(destination, prefixLength);
        MessageWriter writer = route(type, flags, Family.of(destination), prefixLength, scope);
        return prefixLength == 0 ? writer : writer.attributeAddress(RTA_DST, destination);
    }

    /** {@code struct rtmsg}. */
    private static MessageWriter route(int type, int flags, int family, int prefixLength,
            int scope) {
        return route(type, flags, family, prefixLength, scope, 0);
    }

    private static MessageWriter route(int type, int flags, int family, int prefixLength,
            int scope, int routeFlags) {
        boolean delete = type == MessageType.DELETE_ROUTE;
        return new MessageWriter(type, flags)
                .u8(family).u8(prefixLength).u8(0).u8(0).u8(MAIN_TABLE)
                .u8(delete ? 0 : PROTOCOL_BOOT).u8(scope).u8(delete ? 0 : UNICAST).u32(routeFlags);
    }
}
