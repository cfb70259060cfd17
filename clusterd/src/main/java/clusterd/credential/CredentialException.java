package clusterd.credential;

/** A name, token or key that is not written as one is; the message is a sentence for its writer. */
public final class CredentialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason the whole sentence */
    public CredentialException(String reason) {
        super(reason);
    }
}
