package runtime.copy;

/** A copy that docker's rules refuse; nothing was copied. */
public final class CopyException extends Exception {
    private static final long serialVersionUID = 1L;

    public CopyException(String message) {
        super(message);
    }
}
