package linux.socket;

import java.io.IOException;
import java.util.Optional;
import linux.abi.Errno;
import linux.netlink.NetlinkRequest;

/**
 * A netlink request the kernel refused: what was asked, the errno, and the kernel's own sentence.
 */
public final class NetlinkException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    /**
     * @param request     what was asked
     * @param errno       the positive error number
     * @param explanation the kernel's sentence, if it gave one
     */
    public NetlinkException(NetlinkRequest request, int errno, Optional<String> explanation) {
        super(request.symbolic() + ": " + Errno.describe(errno)
                + explanation.map(text -> ": " + text).orElse(""));
        this.errno = errno;
    }

    /** The positive error number ({@code errno(3)}). */
    public int errno() {
        return errno;
    }

    /** Whether the kernel answered with this error. */
    public boolean is(Errno expected) {
        return errno == expected.number();
    }
}
