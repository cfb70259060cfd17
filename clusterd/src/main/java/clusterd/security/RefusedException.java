package clusterd.security;

import clusterd.credential.Refusal;

/** A request for a certificate that is not granted; the message is the sentence for who asked. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /** @param reason the whole sentence */
    public RefusedException(Refusal refusal, String reason) {
        super(reason);
        this.refusal = refusal;
    }

    RefusedException(Refusal refusal, String reason, Exception cause) {
        super(reason, cause);
        this.refusal = refusal;
    }

    /** Why, for programs. */
    public Refusal refusal() {
        return refusal;
    }
}
