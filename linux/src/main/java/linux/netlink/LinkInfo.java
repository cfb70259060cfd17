package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A link as the kernel tells it.
 *
 * @param index     its number in the namespace
 * @param name      its name
 * @param flags     {@code IFF_…}, see {@code netdevice(7)}
 * @param mtuBytes  largest packet, 0 if not told
 * @param address   Ethernet address, for links that have one
 * @param master    index of the bridge (or bond …) it belongs to
 * @param kind      "bridge", "veth", "vxlan" …; none for hardware and loopback
 */
public record LinkInfo(
        int index,
        String name,
        int flags,
        int mtuBytes,
        Optional<HardwareAddress> address,
        OptionalInt master,
        Optional<String> kind) {

    private static final int STRUCT_BYTES = 16;

    /**
     * Reads the payload of an {@code RTM_NEWLINK} message.
     *
     * @throws MalformedReplyException if it is too short or names no link
     */
    public static LinkInfo decode(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWLINK of " + payload.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        String name = attributes.text(LinkMessages.IFLA_IFNAME)
                .orElseThrow(() -> new MalformedReplyException("RTM_NEWLINK without IFLA_IFNAME"));
        return new LinkInfo(header.getInt(4), name, header.getInt(8),
                attributes.u32(LinkMessages.IFLA_MTU).orElse(0),
                attributes.hardwareAddress(LinkMessages.IFLA_ADDRESS),
                attributes.u32(LinkMessages.IFLA_MASTER),
                attributes.nested(LinkMessages.IFLA_LINKINFO).text(LinkMessages.IFLA_INFO_KIND));
    }

    /** The other names of a link, of the payload of an {@code RTM_NEWLINK} message (Linux 5.5). */
    public static List<String> altNames(byte[] payload) {
        return Attributes.read(payload, STRUCT_BYTES).nested(LinkMessages.IFLA_PROP_LIST).texts(LinkMessages.IFLA_ALT_IFNAME);
    }

    /** Index of the other end of a veth, of the payload of an {@code RTM_NEWLINK} message; empty if that is in another namespace. */
    public static OptionalInt otherEnd(byte[] payload) {
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        return attributes.u32(LinkMessages.IFLA_LINK_NETNSID).isPresent() ? OptionalInt.empty() : attributes.u32(LinkMessages.IFLA_LINK);
    }

    /** Whether it is administratively up ({@code IFF_UP}). */
    public boolean up() {
        return (flags & 1) != 0;
    }
}
