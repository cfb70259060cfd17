package linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one netlink message: a header, a fixed structure, then attributes padded to 4 bytes.
 *
 * <p>Numbers are little endian, as on every architecture this project runs on; the few fields the
 * network orders are written with the {@code BigEndian} methods.
 */
final class MessageWriter {
    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    MessageWriter(int type, int flags) {
        buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
    }

    MessageWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    MessageWriter u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    MessageWriter u32(int value) {
        room(4).putInt(value);
        return this;
    }

    MessageWriter attribute(int type, byte[] value) {
        room(4).putShort((short) (4 + value.length)).putShort((short) type);
        room(value.length).put(value);
        return pad();
    }

    MessageWriter attributeU8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    MessageWriter attributeU16BigEndian(int type, int value) {
        return attribute(type, new byte[] {(byte) (value >>> 8), (byte) value});
    }

    MessageWriter attributeU32(int type, int value) {
        byte[] bytes = new byte[4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
        return attribute(type, bytes);
    }

    MessageWriter attributeAddress(int type, InetAddress address) {
        return attribute(type, address.getAddress());
    }

    /** A string with its closing NUL, as names are sent. */
    MessageWriter attributeName(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        return attribute(type, Arrays.copyOf(bytes, bytes.length + 1));
    }

    /** A string without a NUL, as link kinds are sent. */
    MessageWriter attributeText(int type, String value) {
        return attribute(type, value.getBytes(StandardCharsets.US_ASCII));
    }

    /** Opens an attribute whose value is written next; pass the result to {@link #end}. */
    int begin(int type) {
        room(4).putShort((short) 0).putShort((short) type);
        return buffer.position() - 4;
    }

    MessageWriter end(int start) {
        int length = buffer.position() - start;
        if (length > 0xffff) {
            throw new IllegalArgumentException("netlink attribute of " + length + " bytes");
        }
        buffer.putShort(start, (short) length);
        return pad();
    }

    NetlinkRequest request(String symbolic, String reason) {
        byte[] message = Arrays.copyOf(buffer.array(), buffer.position());
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(0, message.length);
        return new NetlinkRequest(message, symbolic, reason);
    }

    private MessageWriter pad() {
        while ((buffer.position() & 3) != 0) {
            room(1).put((byte) 0);
        }
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
            ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
            larger.put(buffer.flip());
            buffer = larger;
        }
        return buffer;
    }
}
