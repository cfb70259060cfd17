package linux.netlink;

import java.util.Locale;

/**
 * Requests about virtual functions, by way of their physical function's link ({@code linux/if_link.h}, IFLA_VFINFO_LIST; as {@code ip link set DEVICE vf} sends
 * them). Drivers refuse what they cannot do (EOPNOTSUPP), or do not understand (EPROTONOSUPPORT, EINVAL).
 */
public final class VirtualFunctionMessages {
    private static final int RTEXT_FILTER_VF = 1;
    /** With them those of many functions would not fit an attribute. */
    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    private static final int CHANGE = MessageFlag.REQUEST | MessageFlag.ACK;
    private static final int ADDRESS_BYTES = 32;
    private static final int MOST_VLAN = 4_094;
    private static final int MOST_PRIORITY = 7;

    private VirtualFunctionMessages() { }

    /** Asks for a link with all that is known of its virtual functions; ENODEV if there is none. */
    public static NetlinkRequest get(String physical) {
        return header(new MessageWriter(MessageType.GET_LINK, MessageFlag.REQUEST), 0)
                .attributeU32(LinkMessages.IFLA_EXT_MASK, RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS)
                .attributeName(LinkMessages.IFLA_IFNAME, LinkName.check(physical))
                .request("RTM_GETLINK " + physical + " vf", "tells what its virtual functions are set to");
    }

    /** Gives one an address, which its own driver sees when it is bound; all zeroes takes it back. */
    public static NetlinkRequest address(int physical, int index, HardwareAddress address) {
        MessageWriter value = new MessageWriter(MessageType.NEW_LINK, CHANGE);
        return setting(value, physical, () -> {
            byte[] bytes = new byte[Integer.BYTES + ADDRESS_BYTES];
            bytes[0] = (byte) index;
            bytes[1] = (byte) (index >> 8);
            System.arraycopy(address.bytes(), 0, bytes, Integer.BYTES, address.bytes().length);
            value.attribute(VirtualFunctionState.IFLA_VF_MAC, bytes);
        }, index, "mac " + address, "others send to that address, and no other can be taken by its container");
    }

    /**
     * Tags all that one sends; it gets what has that tag alone, without it.
     *
     * @param id       1 to 4094; 0 = none
     * @param priority 0 to 7
     * @param protocol {@link VirtualFunctionState#VLAN} or {@link VirtualFunctionState#SERVICE_VLAN}
     * @throws IllegalArgumentException beyond that: drivers take 4095 as well
     */
    public static NetlinkRequest vlan(int physical, int index, int id, int priority, int protocol) {
        if (id < 0 || id > MOST_VLAN || priority < 0 || priority > MOST_PRIORITY
                || protocol != VirtualFunctionState.VLAN && protocol != VirtualFunctionState.SERVICE_VLAN) {
            throw new IllegalArgumentException("no VLAN: " + id + " priority " + priority + " protocol 0x" + Integer.toHexString(protocol));
        }
        MessageWriter value = new MessageWriter(MessageType.NEW_LINK, CHANGE);
        boolean usual = protocol == VirtualFunctionState.VLAN; // which older kernels know as well
        return setting(value, physical, () -> {
            if (usual) {
                int vlan = value.begin(VirtualFunctionState.IFLA_VF_VLAN);
                value.u32(index).u32(id).u32(priority).end(vlan);
                return;
            }
            int list = value.begin(VirtualFunctionState.IFLA_VF_VLAN_LIST);
            int vlan = value.begin(VirtualFunctionState.IFLA_VF_VLAN_INFO);
            value.u32(index).u32(id).u32(priority).u16(Short.reverseBytes((short) protocol)).u16(0).end(vlan).end(list);
        }, index, "vlan " + id + " qos " + priority + (usual ? "" : " proto 802.1ad"), "its packets are kept apart from those of other networks");
    }

    /** Limits what one sends, in Mbit of a second; 0 = no limit, and nothing promised. */
    public static NetlinkRequest rates(int physical, int index, int leastMegabit, int mostMegabit) {
        MessageWriter value = new MessageWriter(MessageType.NEW_LINK, CHANGE);
        return setting(value, physical, () -> {
            int rate = value.begin(VirtualFunctionState.IFLA_VF_RATE);
            value.u32(index).u32(leastMegabit).u32(mostMegabit).end(rate);
        }, index, "min_tx_rate " + leastMegabit + " max_tx_rate " + mostMegabit, "it does not take the others' share of the cable");
    }

    /** Has what one sends from other hardware addresses than its own dropped, or not. */
    public static NetlinkRequest spoofCheck(int physical, int index, boolean on) {
        return setting(physical, VirtualFunctionState.IFLA_VF_SPOOFCHK, index, on ? 1 : 0, "spoofchk " + (on ? "on" : "off"),
                "a container cannot pretend to be another");
    }

    /** Lets one do what others notice, or not. */
    public static NetlinkRequest trust(int physical, int index, boolean on) {
        return setting(physical, VirtualFunctionState.IFLA_VF_TRUST, index, on ? 1 : 0, "trust " + (on ? "on" : "off"),
                "only who is trusted may be promiscuous, or change its hardware address");
    }

    /** What one is told of its cable. */
    public static NetlinkRequest link(int physical, int index, VirtualFunctionState.Link state) {
        return setting(physical, VirtualFunctionState.IFLA_VF_LINK_STATE, index, state.ordinal(), "state " + state.name().toLowerCase(Locale.ROOT),
                "it follows the card's cable, or does not");
    }

    private static NetlinkRequest setting(int physical, int type, int index, int value, String shown, String reason) {
        MessageWriter writer = new MessageWriter(MessageType.NEW_LINK, CHANGE);
        return setting(writer, physical, () -> {
            int setting = writer.begin(type);
            writer.u32(index).u32(value).end(setting);
        }, index, shown, reason);
    }

    private static NetlinkRequest setting(MessageWriter writer, int physical, Runnable value, int index, String shown, String reason) {
        header(writer, physical);
        int list = writer.begin(VirtualFunctionState.IFLA_VFINFO_LIST);
        int one = writer.begin(VirtualFunctionState.IFLA_VF_INFO);
        value.run();
        writer.end(one).end(list);
        return writer.request("RTM_NEWLINK index " + physical + " vf " + index + " " + shown, reason);
    }

    /** {@code struct ifinfomsg}. */
    private static MessageWriter header(MessageWriter writer, int index) {
        return writer.u8(0).u8(0).u16(0).u32(index).u32(0).u32(0);
    }
}
