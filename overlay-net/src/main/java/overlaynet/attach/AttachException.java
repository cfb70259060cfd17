package overlaynet.attach;

import java.io.IOException;

/** A container that cannot be attached as asked: why, and what to do. Nothing was changed. */
public final class AttachException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param reason the whole sentence shown to the user */
    public AttachException(String reason) {
        super(reason);
    }
}
