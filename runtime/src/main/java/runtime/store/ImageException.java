package runtime.store;

import java.io.IOException;

/** An image that cannot be found, read, unpacked or removed; the message says what to do. */
public final class ImageException extends IOException {

    /** Why, for a caller that maps it to a status of its own. */
    public enum Reason {
        NOT_FOUND,
        /** An id prefix that several images share. */
        AMBIGUOUS,
        /** A container uses the image, or it has other names. */
        IN_USE,
        /** A broken or hostile archive or document. */
        MALFORMED,
        /** A limit against archives that grow without end. */
        LIMIT,
        WRONG_DIGEST,
        DISK_FULL,
        /** The host refused an operation or lacks something. */
        HOST
    }

    private final Reason reason;

    public ImageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public ImageException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
