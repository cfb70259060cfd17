package clusterd.audit;

import java.util.OptionalLong;

/**
 * A call that changed something, or that was refused. It has no value of a secret, a configuration or a variable.
 *
 * @param atMillis when it ended, since 1970
 * @param who      called
 * @param call     the method, {@code CreateService}
 * @param subject  what it was about
 * @param result   {@code done}, or a gRPC status code in small letters
 * @param message  why it was not done; {@code ""} if it was, or if the reason may quote a value
 * @param index    in the cluster's log, of the entry that did it
 */
public record AuditEntry(long atMillis, Caller who, String call, Subject subject, String result, String message,
        OptionalLong index) {
    /** The result of a call that was done. */
    public static final String DONE = "done";

    /**
     * Who called, and from where.
     *
     * @param name of a person or node; {@code uid:0} at the local socket; {@code -} without a certificate
     * @param role of the certificate; {@code local} at the local socket; {@code none} without a certificate
     * @param from {@code HOST:PORT}; {@code pid:4711} at the local socket
     */
    public record Caller(String name, String role, String from) {
        /** The role of who has no certificate. */
        public static final String STRANGER = "none";
    }

    /**
     * What a call was about.
     *
     * @param name as the caller wrote it; {@code ""} = nothing that has a name
     * @param id   of what has the name; {@code ""} = it has none, or is not there
     */
    public record Subject(String name, String id) {
        /** Nothing that has a name. */
        public static final Subject NONE = new Subject("", "");
    }
}
