package cli.transport;

/** A call the daemon refused or failed: its gRPC status and jctl's trailers. */
public final class CallException extends Exception {
    private static final long serialVersionUID = 1L;

    /** gRPC status codes a client looks at (grpc.github.io, "Status codes"). */
    public static final int CANCELLED = 1;
    public static final int UNKNOWN = 2;
    public static final int NOT_FOUND = 5;
    public static final int RESOURCE_EXHAUSTED = 8;
    public static final int UNIMPLEMENTED = 12;
    public static final int INTERNAL = 13;
    public static final int UNAVAILABLE = 14;

    private final int code;
    private final String reason;
    private final int exitCode;

    /**
     * @param code     the gRPC status, 1…16
     * @param message  the sentence for the user
     * @param reason   trailer jctl-reason, a name of {@code api.node.Reason}; empty if absent
     * @param exitCode trailer jctl-exit-code; 0 if absent
     */
    public CallException(int code, String message, String reason, int exitCode) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.exitCode = exitCode;
    }

    /** The gRPC status code, 1…16. */
    public int code() {
        return code;
    }

    /** A name of {@code api.node.Reason}; empty if the daemon gave none. */
    public String reason() {
        return reason;
    }

    /** What a command line should exit with; 0 if the daemon left it open. */
    public int exitCode() {
        return exitCode;
    }
}
