package runtime.registry;

/** A pull or push that failed: one sentence for people, with the host, and what to do. */
public final class RegistryException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The kind of failure, for callers that decide what comes next. */
    public enum Reason {
        /** No such host, connection refused, broken off again and again, or stalled. */
        UNREACHABLE,
        /** The TLS connection could not be trusted or made. */
        TLS,
        /** The registry wants a login, or refuses the one given. */
        UNAUTHORIZED,
        /** Logged in, but not allowed to do this. */
        DENIED,
        NOT_FOUND,
        /** Too many requests; try later. */
        LIMITED,
        /** The registry itself failed (5xx). */
        SERVER,
        /** An answer that breaks the protocol, lies, or is too large. */
        INVALID,
        /** The image is not made for the wanted platform. */
        PLATFORM
    }

    private final Reason reason;

    public RegistryException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public RegistryException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
