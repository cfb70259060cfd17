package cli.transport;

import java.io.IOException;

/** The daemon went away, or said it would. */
public final class ConnectionLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what happened */
    public ConnectionLostException(String message) {
        super(message);
    }

    /**
     * @param message what happened
     * @param cause   what the socket said
     */
    public ConnectionLostException(String message, IOException cause) {
        super(message, cause);
    }
}
