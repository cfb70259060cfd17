package linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/** Requests about links ({@code rtnetlink(7)}, RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK). */
public final class LinkMessages {
    /** The loopback link is the first of every namespace. */
    public static final int LOOPBACK_INDEX = 1;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_LINK_NETNSID = 37;
    static final int IFLA_PROP_LIST = 52;
    static final int IFLA_ALT_IFNAME = 53;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_INFO_SLAVE_DATA = 5;
    private static final int IFLA_BRPORT_MODE = 4;
    static final int VETH_INFO_PEER = 1;
    static final int IFLA_VXLAN_ID = 1;
    static final int IFLA_VXLAN_LOCAL = 4;
    private static final int IFLA_VXLAN_LEARNING = 7;
    static final int IFLA_VXLAN_PORT = 15;
    static final int IFLA_VXLAN_LOCAL6 = 17;
    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    private static final int IFF_UP = 1;
    private static final int CHANGE = MessageFlag.REQUEST | MessageFlag.ACK;
    private static final int CREATE = CHANGE | MessageFlag.CREATE | MessageFlag.EXCLUSIVE;

    private LinkMessages() {}

    /** Brings the loopback link up, which also gives it 127.0.0.1 and ::1. */
    public static NetlinkRequest loopbackUp() {
        return up(LOOPBACK_INDEX).because("a new network namespace has its loopback link down;"
                + " programs expect 127.0.0.1 and ::1 to answer");
    }

    /** Brings a link up. */
    public static NetlinkRequest up(int index) {
        return link(MessageType.NEW_LINK, CHANGE, index, IFF_UP, IFF_UP)
                .request("RTM_NEWLINK index " + index + " up",
                        "the link carries traffic once it is up");
    }

    /** Takes a link down. */
    public static NetlinkRequest down(int index) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, IFF_UP)
                .request("RTM_NEWLINK index " + index + " down", "the link stops carrying traffic");
    }

    /**
     * Moves a link into another network namespace and names it there. It is down there and without
     * addresses. Where the name is taken the move may be done all the same (EEXIST).
     *
     * @param namespaceDescriptor the sender's descriptor of the namespace
     * @param name                a name, or a pattern such as {@code eth%d}, whose number the kernel
     *                            chooses
     */
    public static NetlinkRequest move(int index, int namespaceDescriptor, String name) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, 0)
                .attributeU32(IFLA_NET_NS_FD, namespaceDescriptor)
                .attributeName(IFLA_IFNAME, LinkName.check(name))
                .request("RTM_NEWLINK index " + index + " netns-fd " + namespaceDescriptor + " name "
                        + name, "the link is to belong to that namespace");
    }

    /** Makes a link a port of a bridge. */
    public static NetlinkRequest setMaster(int index, int master) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, 0)
                .attributeU32(IFLA_MASTER, master)
                .request("RTM_NEWLINK index " + index + " master " + master,
                        "the link becomes a port of the bridge");
    }

    /**
     * Lets a bridge send frames out of the port they came in by; ENODEV if there is no such link.
     *
     * @param portName a port of a bridge
     */
    public static NetlinkRequest hairpin(String portName) {
        MessageWriter writer = link(MessageType.NEW_LINK, CHANGE, 0, 0, 0)
                .attributeName(IFLA_IFNAME, LinkName.check(portName));
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_SLAVE_KIND, "bridge");
        int data = writer.begin(IFLA_INFO_SLAVE_DATA);
        writer.attributeU8(IFLA_BRPORT_MODE, 1).end(data).end(info);
        return writer.request("RTM_NEWLINK " + portName + " bridge_slave hairpin on",
                "a container can reach itself through a published port");
    }

    /** Creates a bridge that is up; it keeps the given address whatever joins it. */
    public static NetlinkRequest createBridge(String name, HardwareAddress address, int mtuBytes) {
        MessageWriter writer = link(MessageType.NEW_LINK, CREATE, 0, IFF_UP, IFF_UP)
                .attribute(IFLA_ADDRESS, address.bytes())
                .attributeU32(IFLA_MTU, mtuBytes)
                .attributeName(IFLA_IFNAME, LinkName.check(name));
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "bridge").end(info);
        return writer.request("RTM_NEWLINK bridge " + name + " address " + address + " mtu "
                + mtuBytes + " up", "the bridge joins the containers of this host");
    }

    /**
     * Creates a veth pair: the near end up and joined to its master, the far end placed into the
     * other namespace by the same message, so no link ever has to be moved.
     *
     * <p>The far end stays down: {@code veth_open} fails with ENOTCONN until both ends know each
     * other, which is after the far end's flags are applied.
     */
    public static NetlinkRequest createVethPair(VethPair pair) {
        MessageWriter writer = link(MessageType.NEW_LINK, CREATE, pair.hostIndex(), IFF_UP, IFF_UP)
                .attributeU32(IFLA_MTU, pair.mtuBytes());
        pair.master().ifPresent(master -> writer.attributeU32(IFLA_MASTER, master));
        writer.attributeName(IFLA_IFNAME, pair.hostName());
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "veth");
        int data = writer.begin(IFLA_INFO_DATA);
        int peer = writer.begin(VETH_INFO_PEER);
        header(writer, pair.peerIndex(), 0, 0)
                .attributeU32(IFLA_MTU, pair.mtuBytes())
                .attribute(IFLA_ADDRESS, pair.peerHardwareAddress().bytes())
                .attributeU32(IFLA_NET_NS_FD, pair.namespaceDescriptor())
                .attributeName(IFLA_IFNAME, pair.peerName());
        writer.end(peer).end(data).end(info);
        String master = pair.master().isPresent() ? " master " + pair.master().getAsInt() : "";
        return writer.request("RTM_NEWLINK veth " + pair.hostName() + " index " + pair.hostIndex()
                + master + " mtu " + pair.mtuBytes() + " up peer " + pair.peerName() + " index "
                + pair.peerIndex() + " address " + pair.peerHardwareAddress() + " netns-fd "
                + pair.namespaceDescriptor(),
                "a virtual cable: one end on the host, the other inside the container");
    }

    /**
     * Creates a veth pair of this namespace, whose indexes the kernel chooses: the port up and joined to its master, the other end down.
     *
     * @param address of the other end; empty = the kernel makes one up
     */
    public static NetlinkRequest createVethPair(String port, int master, int portMtuBytes, String other, Optional<HardwareAddress> address) {
        MessageWriter writer = link(MessageType.NEW_LINK, CREATE, 0, IFF_UP, IFF_UP)
                .attributeU32(IFLA_MTU, portMtuBytes)
                .attributeU32(IFLA_MASTER, master)
                .attributeName(IFLA_IFNAME, LinkName.check(port));
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "veth");
        int data = writer.begin(IFLA_INFO_DATA);
        int peer = writer.begin(VETH_INFO_PEER);
        header(writer, 0, 0, 0);
        address.ifPresent(each -> writer.attribute(IFLA_ADDRESS, each.bytes()));
        writer.attributeName(IFLA_IFNAME, LinkName.check(other));
        writer.end(peer).end(data).end(info);
        return writer.request("RTM_NEWLINK veth " + port + " master " + master + " mtu " + portMtuBytes + " up peer " + other
                + address.map(each -> " address " + each).orElse(""), "a virtual cable: one end in a switch, the other to be given away");
    }

    /** Creates a VXLAN link that learns nothing by itself (RFC 7348). */
    public static NetlinkRequest createVxlan(String name, int networkId, InetAddress local,
            int port) {
        MessageWriter writer = link(MessageType.NEW_LINK, CREATE, 0, 0, 0)
                .attributeName(IFLA_IFNAME, LinkName.check(name));
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "vxlan");
        int data = writer.begin(IFLA_INFO_DATA);
        int localType = local.getAddress().length == 4 ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6;
        writer.attributeU32(IFLA_VXLAN_ID, networkId)
                .attributeAddress(localType, local)
                .attributeU8(IFLA_VXLAN_LEARNING, 0)
                .attributeU16BigEndian(IFLA_VXLAN_PORT, port);
        writer.end(data).end(info);
        return writer.request("RTM_NEWLINK vxlan " + name + " id " + networkId + " local "
                + local.getHostAddress() + " port " + port + " nolearning",
                "carries the network's packets between hosts");
    }

    /** Creates a WireGuard link, down and without a key ({@code linux/wireguard.h}); EOPNOTSUPP if the kernel has none. */
    public static NetlinkRequest createWireGuard(String name) {
        MessageWriter writer = link(MessageType.NEW_LINK, CREATE, 0, 0, 0)
                .attributeName(IFLA_IFNAME, LinkName.check(name));
        int info = writer.begin(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "wireguard").end(info);
        return writer.request("RTM_NEWLINK wireguard " + name,
                "carries the network's packets between hosts, encrypted");
    }

    /** Gives a link another name; EBUSY while it is up (before Linux 6.2), EEXIST if another has it. */
    public static NetlinkRequest rename(int index, String name) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, 0)
                .attributeName(IFLA_IFNAME, LinkName.check(name))
                .request("RTM_NEWLINK index " + index + " name " + name, "programs look for it by that name");
    }

    /** Sets the largest packet of a link. */
    public static NetlinkRequest setMtu(int index, int mtuBytes) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, 0)
                .attributeU32(IFLA_MTU, mtuBytes)
                .request("RTM_NEWLINK index " + index + " mtu " + mtuBytes, "larger packets would not fit");
    }

    /** Sets the hardware address of a link. */
    public static NetlinkRequest setAddress(int index, HardwareAddress address) {
        return link(MessageType.NEW_LINK, CHANGE, index, 0, 0)
                .attribute(IFLA_ADDRESS, address.bytes())
                .request("RTM_NEWLINK index " + index + " address " + address, "others send to that address");
    }

    /** Deletes a link; of a veth pair both ends go. */
    public static NetlinkRequest delete(int index) {
        return link(MessageType.DELETE_LINK, CHANGE, index, 0, 0)
                .request("RTM_DELLINK index " + index, "the link is no longer needed");
    }

    /** Deletes a link by name; ENODEV if there is none. */
    public static NetlinkRequest delete(String name) {
        return link(MessageType.DELETE_LINK, CHANGE, 0, 0, 0)
                .attributeName(IFLA_IFNAME, LinkName.check(name))
                .request("RTM_DELLINK " + name, "the link is no longer needed");
    }

    /** Asks for one link by name; ENODEV if there is none. */
    public static NetlinkRequest get(String name) {
        return link(MessageType.GET_LINK, MessageFlag.REQUEST, 0, 0, 0)
                .attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
                .attributeName(IFLA_IFNAME, LinkName.check(name))
                .request("RTM_GETLINK " + name, "tells whether the link exists and its index");
    }

    /** Asks for one link by its index; ENODEV if there is none. */
    public static NetlinkRequest get(int index) {
        return link(MessageType.GET_LINK, MessageFlag.REQUEST, index, 0, 0)
                .attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
                .request("RTM_GETLINK index " + index, "tells what the link is called by now");
    }

    /** Asks for all links of the namespace. */
    public static NetlinkRequest dump() {
        return link(MessageType.GET_LINK, MessageFlag.REQUEST | MessageFlag.DUMP, 0, 0, 0)
                .attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
                .request("RTM_GETLINK all", "tells which links exist");
    }

    private static MessageWriter link(int type, int flags, int index, int linkFlags, int change) {
        return header(new MessageWriter(type, flags), index, linkFlags, change);
    }

    /** {@code struct ifinfomsg}. */
    private static MessageWriter header(MessageWriter writer, int index, int flags, int change) {
        return writer.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(change);
    }
}
