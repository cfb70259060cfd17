package linux.socket;

import java.nio.ByteBuffer;

/** Requests and replies of ICMP's echo as bytes (RFC 792, RFC 4443), as raw sockets send and hear them. */
final class EchoMessages {
    private static final int HEADER4_BYTES = 20;
    private static final int HEADER6_BYTES = 40;
    private static final int ECHO_BYTES = 8;
    private static final int REQUEST4 = 8;
    private static final int REPLY4 = 0;
    private static final int REQUEST6 = 128;
    private static final int REPLY6 = 129;
    private static final int CHECKSUM_OFFSET = 2;

    private EchoMessages() {}

    /**
     * A request without its IP header, which the kernel adds; of IPv6 it computes the checksum as well.
     *
     * @param packetBytes with the IP header
     */
    static byte[] request(boolean ipv4, int packetBytes, int identifier, int sequence) {
        int length = packetBytes - (ipv4 ? HEADER4_BYTES : HEADER6_BYTES);
        if (length < ECHO_BYTES) {
            throw new IllegalArgumentException("no packet of " + packetBytes + " bytes is an echo request");
        }
        ByteBuffer request = ByteBuffer.allocate(length).put((byte) (ipv4 ? REQUEST4 : REQUEST6)).put((byte) 0)
                .putShort((short) 0).putShort((short) identifier).putShort((short) sequence);
        if (ipv4) {
            request.putShort(CHECKSUM_OFFSET, checksum(request.array()));
        }
        return request.array();
    }

    /** RFC 1071. */
    private static short checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xff) << (i % 2 == 0 ? Byte.SIZE : 0);
        }
        while (sum >>> Short.SIZE != 0) {
            sum = (sum & 0xffff) + (sum >>> Short.SIZE);
        }
        return (short) ~sum;
    }

    /** Whether that answers the request; a packet of IPv4 is heard with its header. */
    static boolean isReply(boolean ipv4, byte[] packet, int identifier, int sequence) {
        int start = !ipv4 || packet.length == 0 ? 0 : (packet[0] & 0xf) * Integer.BYTES;
        if (packet.length - start < ECHO_BYTES) {
            return false;
        }
        ByteBuffer reply = ByteBuffer.wrap(packet).position(start);
        return (reply.get() & 0xff) == (ipv4 ? REPLY4 : REPLY6) && reply.get() == 0
                && reply.position(start + Integer.BYTES).getShort() == (short) identifier
                && reply.getShort() == (short) sequence;
    }
}
