package overlaynet.ipam;

import java.net.InetAddress;

/** The answer to a request for an address. */
public sealed interface Allocation {

    /** The address is the owner's until it is released. */
    record Granted(InetAddress address) implements Allocation {}

    /**
     * Nothing changed.
     *
     * @param reason a sentence that says why
     */
    record Refused(String reason) implements Allocation {}
}
