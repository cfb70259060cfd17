package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Splits what was received from a netlink socket into replies; trusts no length in it. */
public final class ReplyParser {
    private static final int NLMSGERR_ATTR_MSG = 1;

    private ReplyParser() {}

    /**
     * Reads the messages of one datagram.
     *
     * @throws MalformedReplyException if a message is shorter than its type needs, or says it is
     *     longer than what was received
     */
    public static List<Reply> parse(byte[] datagram) throws MalformedReplyException {
        List<Reply> replies = new ArrayList<>();
        int offset = 0;
        while (offset < datagram.length) {
            int left = datagram.length - offset;
            if (left < NetlinkHeader.BYTES) {
                throw new MalformedReplyException(left + " bytes left at offset " + offset
                        + ", a header has 16");
            }
            NetlinkHeader header = NetlinkHeader.read(datagram, offset);
            if (header.length() < NetlinkHeader.BYTES || header.length() > left) {
                throw new MalformedReplyException("message at offset " + offset + " says it has "
                        + header.length() + " bytes, " + left + " were received");
            }
            byte[] payload = Arrays.copyOfRange(datagram, offset + NetlinkHeader.BYTES,
                    offset + header.length());
            if (header.type() != MessageType.NOOP) {
                replies.add(reply(header, payload));
            }
            // Lengths near 2^31 were refused above, so the rounding cannot overflow.
            offset += (header.length() + 3) & ~3;
        }
        return replies;
    }

    private static Reply reply(NetlinkHeader header, byte[] payload)
            throws MalformedReplyException {
        int sequence = header.sequence();
        boolean interrupted = (header.flags() & MessageFlag.DUMP_INTERRUPTED) != 0;
        return switch (header.type()) {
            case MessageType.ERROR -> error(header, payload);
            case MessageType.DONE -> {
                int result = payload.length >= 4 ? firstInt(payload) : 0;
                yield result < 0
                        ? new Reply.Failed(sequence, -result, explanation(header, payload, 4))
                        : new Reply.Done(sequence, interrupted);
            }
            case MessageType.OVERRUN -> new Reply.Overrun(sequence);
            default -> new Reply.Data(sequence, header.type(), interrupted, payload);
        };
    }

    /** {@code struct nlmsgerr}: the error, the request's header, its payload unless capped. */
    private static Reply error(NetlinkHeader header, byte[] payload)
            throws MalformedReplyException {
        if (payload.length < 4 + NetlinkHeader.BYTES) {
            throw new MalformedReplyException("NLMSG_ERROR with " + payload.length
                    + " bytes, at least 20 needed");
        }
        int error = firstInt(payload);
        if (error == 0) {
            return new Reply.Acknowledged(header.sequence());
        }
        if (error > 0 || error == Integer.MIN_VALUE) {
            throw new MalformedReplyException("NLMSG_ERROR with error " + error);
        }
        int attributes = 4 + NetlinkHeader.BYTES;
        if ((header.flags() & MessageFlag.CAPPED) == 0) {
            int request = NetlinkHeader.read(payload, 4).length();
            long end = 4L + ((Math.max(request, NetlinkHeader.BYTES) + 3L) & ~3L);
            attributes = (int) Math.min(end, payload.length);
        }
        return new Reply.Failed(header.sequence(), -error,
                explanation(header, payload, attributes));
    }

    private static Optional<String> explanation(NetlinkHeader header, byte[] payload, int offset) {
        if ((header.flags() & MessageFlag.ACK_ATTRIBUTES) == 0) {
            return Optional.empty();
        }
        return Attributes.read(payload, offset).text(NLMSGERR_ATTR_MSG)
                .filter(text -> !text.isEmpty());
    }

    private static int firstInt(byte[] payload) {
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    }
}
