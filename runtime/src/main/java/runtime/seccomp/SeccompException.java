package runtime.seccomp;

/** A seccomp profile that cannot be read or compiled; the message says what to do. */
public final class SeccompException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A profile that is wrong for the reason given. */
    public SeccompException(String message) {
        super(message);
    }

    /** A profile whose text has problems. */
    public SeccompException(String message, Throwable cause) {
        super(message, cause);
    }
}
