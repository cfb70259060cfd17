package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An address that somebody gave a link for good ({@code IFA_F_PERMANENT}) and that is good beyond the
 * link ({@code RT_SCOPE_UNIVERSE}), with all that is needed to give it again.
 *
 * @param linkIndex    the link that has it
 * @param family       {@code AF_INET} or {@code AF_INET6}
 * @param prefixLength bits that name the network
 * @param flags        {@code IFA_F_…} that say how it is used, not how it is
 * @param local        the link's own address, absent on IPv6 without a far end
 * @param address      the link's own address, or that of the far end
 * @param broadcast    the broadcast address
 * @param priority     metric of the route to its network
 */
public record PermanentAddress(
        int linkIndex,
        int family,
        int prefixLength,
        int flags,
        Optional<byte[]> local,
        Optional<byte[]> address,
        Optional<byte[]> broadcast,
        OptionalInt priority) {

    private static final int STRUCT_BYTES = 8;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_RT_PRIORITY = 9;
    private static final int IFA_F_PERMANENT = 0x80;
    /** NODAD, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE, MCAUTOJOIN. */
    private static final int USE = 0x02 | 0x10 | 0x100 | 0x200 | 0x400;

    /**
     * Reads the payload of an {@code RTM_NEWADDR} message.
     *
     * @return empty for an address that is not permanent or not universal
     * @throws MalformedReplyException if it is too short
     */
    public static Optional<PermanentAddress> decode(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWADDR of " + payload.length + " bytes");
        }
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        int flags = attributes.u32(IFA_FLAGS).orElse(payload[2] & 0xff);
        boolean universal = payload[3] == 0;
        if ((flags & IFA_F_PERMANENT) == 0 || !universal) {
            return Optional.empty();
        }
        return Optional.of(new PermanentAddress(
                ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(4), payload[0] & 0xff,
                payload[1] & 0xff, flags & USE, attributes.bytes(AddressMessages.IFA_LOCAL),
                attributes.bytes(AddressMessages.IFA_ADDRESS), attributes.bytes(IFA_BROADCAST),
                attributes.u32(IFA_RT_PRIORITY)));
    }

    /** Gives it to a link; a link that has it keeps it. */
    public NetlinkRequest giveTo(int index) {
        MessageWriter writer = new MessageWriter(MessageType.NEW_ADDRESS, MessageFlag.REQUEST
                | MessageFlag.ACK | MessageFlag.CREATE | MessageFlag.REPLACE)
                .u8(family).u8(prefixLength).u8(flags & 0xff).u8(0).u32(index)
                .attributeU32(IFA_FLAGS, flags);
        local.ifPresent(bytes -> writer.attribute(AddressMessages.IFA_LOCAL, bytes));
        address.ifPresent(bytes -> writer.attribute(AddressMessages.IFA_ADDRESS, bytes));
        broadcast.ifPresent(bytes -> writer.attribute(IFA_BROADCAST, bytes));
        priority.ifPresent(metric -> writer.attributeU32(IFA_RT_PRIORITY, metric));
        return writer.request("RTM_NEWADDR " + local.or(() -> address).map(PermanentAddress::text)
                .orElse("nothing") + "/" + prefixLength + " dev " + index,
                "the kernel takes a link's addresses away when it changes its namespace");
    }

    private static String text(byte[] bytes) {
        try {
            return java.net.InetAddress.getByAddress(bytes).getHostAddress();
        } catch (java.net.UnknownHostException odd) {
            return "of " + bytes.length + " bytes";
        }
    }
}
