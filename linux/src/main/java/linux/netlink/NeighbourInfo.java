package linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A neighbour as the kernel tells it.
 *
 * @param linkIndex the link it is reached through
 * @param address   its network address
 * @param hardware  its Ethernet address, if known
 * @param state     {@code NUD_…} ({@code linux/neighbour.h}), 0x80 is permanent
 */
public record NeighbourInfo(
        int linkIndex,
        Optional<InetAddress> address,
        Optional<HardwareAddress> hardware,
        int state) {

    private static final int STRUCT_BYTES = 12;

    /**
     * Reads the payload of an {@code RTM_NEWNEIGH} message.
     *
     * @throws MalformedReplyException if it is too short
     */
    public static NeighbourInfo decode(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWNEIGH of " + payload.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        Attributes attributes = Attributes.read(payload, STRUCT_BYTES);
        return new NeighbourInfo(header.getInt(4), attributes.address(NeighbourMessages.NDA_DST),
                attributes.hardwareAddress(NeighbourMessages.NDA_LLADDR),
                header.getShort(8) & 0xffff);
    }
}
