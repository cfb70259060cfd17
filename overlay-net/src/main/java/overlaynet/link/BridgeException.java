package overlaynet.link;

import java.io.IOException;

/** A bridge that cannot be set up: what is in the way and what to do about it. */
public final class BridgeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param reason the whole sentence shown to the user */
    public BridgeException(String reason) {
        super(reason);
    }
}
