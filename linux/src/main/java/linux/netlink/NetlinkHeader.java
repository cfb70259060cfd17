package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct nlmsghdr}, the 16 bytes every netlink message opens with ({@code netlink(7)}).
 *
 * @param length   bytes of the message, this header included
 * @param type     {@code RTM_NEWLINK} and the like, or a control type ({@code NLMSG_ERROR} …)
 * @param flags    {@code NLM_F_…}, see {@link MessageFlag}
 * @param sequence echoed by the kernel in its answers
 * @param port     the sender's port; 0 is the kernel
 */
public record NetlinkHeader(int length, int type, int flags, int sequence, int port) {
    /** Bytes of the header. */
    public static final int BYTES = 16;

    private static final int FLAGS_OFFSET = 6;
    private static final int SEQUENCE_OFFSET = 8;

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException if fewer than 16 bytes follow the offset
     */
    public static NetlinkHeader read(byte[] bytes, int offset) {
        if (offset < 0 || bytes.length - offset < BYTES) {
            throw new IllegalArgumentException("no netlink header: " + (bytes.length - offset)
                    + " bytes at offset " + offset + ", 16 needed");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new NetlinkHeader(buffer.getInt(), buffer.getShort() & 0xffff,
                buffer.getShort() & 0xffff, buffer.getInt(), buffer.getInt());
    }

    /** A copy of the message that asks for an acknowledgement, or for errors alone. */
    public static byte[] withAcknowledgement(byte[] message, boolean wanted) {
        byte[] copy = message.clone();
        ByteBuffer buffer = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        int flags = buffer.getShort(FLAGS_OFFSET);
        buffer.putShort(FLAGS_OFFSET, (short) (wanted ? flags | MessageFlag.ACK : flags & ~MessageFlag.ACK));
        return copy;
    }

    /** A copy of the message that carries this sequence number. */
    public static byte[] withSequence(byte[] message, int sequence) {
        byte[] copy = message.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(SEQUENCE_OFFSET, sequence);
        return copy;
    }
}
