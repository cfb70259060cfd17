package linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * An address of a link as the kernel tells it.
 *
 * @param linkIndex    the link that has it
 * @param address      the address
 * @param prefixLength bits that name the network
 */
public record AddressInfo(int linkIndex, InetAddress address, int prefixLength) {
    private static final int STRUCT_BYTES = 8;

    /**
     * Reads the payload of an {@code RTM_NEWADDR} message.
     *
     * @throws MalformedReplyException if it is too short, or the address does not fit its family
     */
    public static AddressInfo decode(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWADDR of " + payload.length + " bytes");
        }
        int index = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        int prefixLength = payload[1] & 0xff;
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        // On a point-to-point link IFA_ADDRESS is the far end; IFA_LOCAL, where given, is ours.
        Optional<InetAddress> local = attributes.address(AddressMessages.IFA_LOCAL)
                .or(() -> attributes.address(AddressMessages.IFA_ADDRESS));
        InetAddress address = local.orElseThrow(
                () -> new MalformedReplyException("RTM_NEWADDR without an address"));
        if (prefixLength > address.getAddress().length * 8) {
            throw new MalformedReplyException("RTM_NEWADDR " + address.getHostAddress() + "/"
                    + prefixLength);
        }
        return new AddressInfo(index, address, prefixLength);
    }
}
