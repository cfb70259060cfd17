package linux.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a message ({@code struct nlattr}), read without trusting any length.
 *
 * <p>Reading stops at the first attribute whose stated length is below 4 or runs past the end; what
 * came before it is kept, as the kernel's own parser does for trailing bytes.
 */
public final class Attributes {
    /** Clears {@code NLA_F_NESTED} and {@code NLA_F_NET_BYTEORDER}. */
    private static final int TYPE_MASK = 0x3fff;
    private static final int HEADER_BYTES = 4;

    private final byte[] bytes;
    private final int start;

    private Attributes(byte[] bytes, int start) {
        this.bytes = bytes;
        this.start = start;
    }

    /**
     * Reads attributes from an offset to the end of the array, which must not change meanwhile; none
     * if the offset is past the end.
     */
    public static Attributes read(byte[] bytes, int offset) {
        return new Attributes(bytes, Math.max(0, offset));
    }

    /** The value of an attribute; of several of one type the last counts, as in the kernel. */
    public Optional<byte[]> bytes(int type) {
        Optional<byte[]> found = Optional.empty();
        int position = start;
        while (bytes.length - position >= HEADER_BYTES) {
            int length = u16(position);
            if (length < HEADER_BYTES || length > bytes.length - position) {
                break;
            }
            if ((u16(position + 2) & TYPE_MASK) == type) {
                found = Optional.of(
                        Arrays.copyOfRange(bytes, position + HEADER_BYTES, position + length));
            }
            position += (length + 3) & ~3;
        }
        return found;
    }

    private int u16(int position) {
        return bytes[position] & 0xff | (bytes[position + 1] & 0xff) << 8;
    }

    /** A 32-bit number; empty if absent or shorter than 4 bytes. */
    public OptionalInt u32(int type) {
        Optional<byte[]> value = bytes(type).filter(bytes -> bytes.length >= 4);
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of(
                ByteBuffer.wrap(value.get()).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }

    /** A 16-bit number in network order; empty if absent or shorter than 2 bytes. */
    public OptionalInt u16BigEndian(int type) {
        Optional<byte[]> value = bytes(type).filter(bytes -> bytes.length >= 2);
        return value.isEmpty() ? OptionalInt.empty()
                : OptionalInt.of((value.get()[0] & 0xff) << 8 | value.get()[1] & 0xff);
    }

    /** Text up to the first NUL. */
    public Optional<String> text(int type) {
        return bytes(type).map(Attributes::untilNul);
    }

    /** An IPv4 or IPv6 address; empty if absent or neither 4 nor 16 bytes long. */
    public Optional<InetAddress> address(int type) {
        return bytes(type).flatMap(Attributes::toAddress);
    }

    /** A 6-byte hardware address; empty if absent or of another length. */
    public Optional<HardwareAddress> hardwareAddress(int type) {
        return bytes(type).filter(bytes -> bytes.length == 6).map(HardwareAddress::of);
    }

    /** The attributes inside an attribute; none if it is absent. */
    public Attributes nested(int type) {
        return read(bytes(type).orElse(new byte[0]), 0);
    }

    /** The attributes inside of each attribute of the type, in their order. */
    public List<Attributes> each(int type) {
        return values(type).stream().map(value -> read(value, 0)).toList();
    }

    /** The text of each attribute of the type, in their order. */
    public List<String> texts(int type) {
        return values(type).stream().map(Attributes::untilNul).toList();
    }

    private List<byte[]> values(int type) {
        List<byte[]> found = new ArrayList<>();
        int position = start;
        while (bytes.length - position >= HEADER_BYTES) {
            int length = u16(position);
            if (length < HEADER_BYTES || length > bytes.length - position) {
                break;
            }
            if ((u16(position + 2) & TYPE_MASK) == type) {
                found.add(Arrays.copyOfRange(bytes, position + HEADER_BYTES, position + length));
            }
            position += (length + 3) & ~3;
        }
        return found;
    }

    private static String untilNul(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static Optional<InetAddress> toAddress(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }
}
