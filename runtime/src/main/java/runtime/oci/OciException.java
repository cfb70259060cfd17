package runtime.oci;

/** What an OCI runtime refuses: one sentence for the caller. */
public final class OciException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what failed and why */
    public OciException(String message) {
        super(message);
    }

    /** @param message what failed and why */
    public OciException(String message, Throwable cause) {
        super(message, cause);
    }
}
