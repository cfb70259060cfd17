package cli.transport;

import java.io.IOException;

/** The other end broke HTTP/2 (RFC 9113), HPACK (RFC 7541) or gRPC's framing. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what was wrong, naming the rule */
    public ProtocolException(String message) {
        super(message);
    }
}
