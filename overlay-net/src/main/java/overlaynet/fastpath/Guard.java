package overlaynet.fastpath;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What may come out of a container's cable, by the index of its end on the host.
 *
 * @param bridgeIndex of the link that this end is plugged into
 * @param gateway     the bridge's IPv4 address, from which its hardware address follows
 * @param address     its IPv4 address
 * @param address6    its IPv6 address, where its network has IPv6
 * @param mtuBytes    the largest packet of its network
 */
public record Guard(int bridgeIndex, InetAddress gateway, InetAddress address, Optional<InetAddress> address6, int mtuBytes) {
    /** Of a key: the index. */
    public static final int KEY_BYTES = Integer.BYTES;
    /** Of a value. */
    public static final int VALUE_BYTES = 40;
    static final int BRIDGE_OFFSET = 0;
    static final int ADDRESS_OFFSET = 4;
    static final int MTU_OFFSET = 8;
    static final int HAS_ADDRESS6_OFFSET = 12;
    static final int ADDRESS6_OFFSET = 16;
    static final int GATEWAY_OFFSET = 32;

    /** As the programs' map has it: numbers as the machine has them, addresses as packets have them. */
    public byte[] value() {
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        value.putInt(BRIDGE_OFFSET, bridgeIndex).put(ADDRESS_OFFSET, address.getAddress()).putInt(MTU_OFFSET, mtuBytes);
        value.put(GATEWAY_OFFSET, gateway.getAddress());
        address6.ifPresent(each -> value.putInt(HAS_ADDRESS6_OFFSET, 1).put(ADDRESS6_OFFSET, each.getAddress()));
        return value.array();
    }

    /** The key of a link. */
    public static byte[] key(int linkIndex) {
        return ByteBuffer.allocate(KEY_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(linkIndex).array();
    }
}
