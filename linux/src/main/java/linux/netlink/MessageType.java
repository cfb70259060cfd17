package linux.netlink;

import java.util.Map;

/** Message types of netlink itself and of rtnetlink ({@code linux/rtnetlink.h}). */
public final class MessageType {
    /** Nothing; skipped. */
    public static final int NOOP = 1;
    /** An error, or with error 0 an acknowledgement. */
    public static final int ERROR = 2;
    /** The last message of a dump. */
    public static final int DONE = 3;
    /** Data was lost. */
    public static final int OVERRUN = 4;
    /** Create or change a link; also how links are told in answers. */
    public static final int NEW_LINK = 16;
    /** Delete a link. */
    public static final int DELETE_LINK = 17;
    /** Ask for one link or all. */
    public static final int GET_LINK = 18;
    /** Add an address. */
    public static final int NEW_ADDRESS = 20;
    /** Delete an address. */
    public static final int DELETE_ADDRESS = 21;
    /** Ask for addresses. */
    public static final int GET_ADDRESS = 22;
    /** Add a route. */
    public static final int NEW_ROUTE = 24;
    /** Delete a route. */
    public static final int DELETE_ROUTE = 25;
    /** Ask for routes. */
    public static final int GET_ROUTE = 26;
    /** Add a neighbour or a forwarding entry. */
    public static final int NEW_NEIGHBOUR = 28;
    /** Delete a neighbour. */
    public static final int DELETE_NEIGHBOUR = 29;
    /** Ask for neighbours. */
    public static final int GET_NEIGHBOUR = 30;
    /** Add a queueing discipline. */
    public static final int NEW_QUEUE = 36;
    /** Delete a queueing discipline. */
    public static final int DELETE_QUEUE = 37;
    /** Asks for queueing disciplines, and places of filters. */
    public static final int GET_QUEUE = 38;
    /** Add a filter of packets. */
    public static final int NEW_FILTER = 44;
    /** Delete a filter of packets. */
    public static final int DELETE_FILTER = 45;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(NOOP, "NLMSG_NOOP"), Map.entry(ERROR, "NLMSG_ERROR"),
            Map.entry(DONE, "NLMSG_DONE"), Map.entry(OVERRUN, "NLMSG_OVERRUN"),
            Map.entry(NEW_LINK, "RTM_NEWLINK"), Map.entry(DELETE_LINK, "RTM_DELLINK"),
            Map.entry(GET_LINK, "RTM_GETLINK"), Map.entry(NEW_ADDRESS, "RTM_NEWADDR"),
            Map.entry(DELETE_ADDRESS, "RTM_DELADDR"), Map.entry(GET_ADDRESS, "RTM_GETADDR"),
            Map.entry(NEW_ROUTE, "RTM_NEWROUTE"), Map.entry(DELETE_ROUTE, "RTM_DELROUTE"),
            Map.entry(GET_ROUTE, "RTM_GETROUTE"), Map.entry(NEW_NEIGHBOUR, "RTM_NEWNEIGH"),
            Map.entry(DELETE_NEIGHBOUR, "RTM_DELNEIGH"), Map.entry(GET_NEIGHBOUR, "RTM_GETNEIGH"),
            Map.entry(NEW_QUEUE, "RTM_NEWQDISC"), Map.entry(DELETE_QUEUE, "RTM_DELQDISC"), Map.entry(GET_QUEUE, "RTM_GETQDISC"),
            Map.entry(NEW_FILTER, "RTM_NEWTFILTER"), Map.entry(DELETE_FILTER, "RTM_DELTFILTER"));

    private MessageType() {}

    /** The name the kernel's headers give the type, or "type 77" for one not listed here. */
    public static String name(int type) {
        return NAMES.getOrDefault(type, "type " + type);
    }
}
