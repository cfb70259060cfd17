package linux.netlink;

import java.util.Optional;

/** One message the kernel sent back. */
public sealed interface Reply {

    /** The sequence number of the request it answers. */
    int sequence();

    /** The request was done ({@code NLMSG_ERROR} with error 0). */
    record Acknowledged(int sequence) implements Reply {}

    /**
     * The request failed, or the dump did at its end.
     *
     * @param errno       the positive error number
     * @param explanation the kernel's own sentence, if it gave one ({@code NLMSGERR_ATTR_MSG})
     */
    record Failed(int sequence, int errno, Optional<String> explanation) implements Reply {}

    /**
     * An object.
     *
     * @param type        what the payload is, {@code RTM_NEWLINK} and the like
     * @param interrupted the set changed while it was told: ask again
     * @param payload     the bytes after the header
     */
    record Data(int sequence, int type, boolean interrupted, byte[] payload) implements Reply {}

    /**
     * A dump is complete.
     *
     * @param interrupted the set changed while it was told: ask again
     */
    record Done(int sequence, boolean interrupted) implements Reply {}

    /** The kernel had to drop answers. */
    record Overrun(int sequence) implements Reply {}
}
