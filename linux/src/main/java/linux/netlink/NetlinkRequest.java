package linux.netlink;

import java.util.Arrays;
import java.util.Objects;

/**
 * One netlink message, ready to send, with what a person needs to understand it.
 *
 * <p>The sequence number in the header is 0: the kernel only echoes it, and a sender that keeps
 * several requests in flight writes its own ({@link NetlinkHeader#withSequence}). Every request
 * asks for an acknowledgement, which is a message of type {@code NLMSG_ERROR} whose error is 0 on
 * success.
 */
public final class NetlinkRequest {
    private final byte[] message;
    private final String symbolic;
    private final String reason;

    /**
     * @param message  header and payload, as {@code netlink(7)} lays them out; copied
     * @param symbolic the message in words, for example
     *                 {@code RTM_NEWADDR 10.88.0.2/16 dev 2}
     * @param reason   a sentence that says why it is sent
     * @throws IllegalArgumentException if the length in the header is not the array's length
     */
    public NetlinkRequest(byte[] message, String symbolic, String reason) {
        this.message = message.clone();
        this.symbolic = Objects.requireNonNull(symbolic, "symbolic");
        this.reason = Objects.requireNonNull(reason, "reason");
        int stated = NetlinkHeader.read(message, 0).length();
        if (stated != message.length) {
            throw new IllegalArgumentException("netlink message of " + message.length
                    + " bytes says it has " + stated + ": " + symbolic);
        }
    }

    /** A copy of the bytes to send, in the order the processor reads them (little endian). */
    public byte[] message() {
        return message.clone();
    }

    /** The message in words, as {@code ip(8)} would put it. */
    public String symbolic() {
        return symbolic;
    }

    /** Why it is sent. */
    public String reason() {
        return reason;
    }

    /** The same message with another reason. */
    public NetlinkRequest because(String why) {
        return new NetlinkRequest(message, symbolic, why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetlinkRequest that
                && Arrays.equals(message, that.message)
                && symbolic.equals(that.symbolic)
                && reason.equals(that.reason);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(message), symbolic, reason);
    }

    @Override
    public String toString() {
        return symbolic + " (" + reason + ")";
    }
}
