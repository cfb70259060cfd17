package runtime.store;

import java.io.IOException;

/** A blob that could not be stored or read; the message names the blob and what to do. */
public final class BlobException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why, for a caller that has to decide whether trying again can help. */
    public enum Reason { MISSING, WRONG_LENGTH, WRONG_DIGEST, DISK_FULL, UNREADABLE, CLOSED }

    private final Reason reason;

    public BlobException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public BlobException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
