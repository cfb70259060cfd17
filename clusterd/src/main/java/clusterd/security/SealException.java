package clusterd.security;

import java.security.GeneralSecurityException;

/** Sealed bytes that do not open, or are broken; the message says what to do. */
public class SealException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    /** @param reason the whole sentence */
    public SealException(String reason) {
        super(reason);
    }

    /** @param reason the whole sentence */
    public SealException(String reason, Exception cause) {
        super(reason, cause);
    }
}
