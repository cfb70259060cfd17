package clusterd.control;

import clusterd.audit.AuditEntry;
import clusterd.auditlog.AuditLog;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes down each call that is refused for who the caller is, of every service of a port. It stands before the
 * interceptor that refuses; what gets through to {@link Audit} is written down there.
 */
public final class RefusedCalls implements ServerInterceptor {
    private static final Context.Key<AtomicBoolean> REACHED = Context.key("jctl-audit-reached");

    private final AuditLog log;
    private final InstantSource clock;

    /** Into that log. */
    public RefusedCalls(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /** The call that is under way is written down elsewhere. */
    static void reached() {
        AtomicBoolean reached = REACHED.get();
        if (reached != null) {
            reached.set(true);
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        AtomicBoolean reached = new AtomicBoolean();
        ServerCall<Q, A> watched = new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                boolean refused = status.getCode() == Status.Code.PERMISSION_DENIED
                        || status.getCode() == Status.Code.UNAUTHENTICATED;
                if (refused && !reached.get()) {
                    log.appendRefusal(Audit.entry(clock.millis(), Callers.of(getAttributes()),
                            call.getMethodDescriptor().getBareMethodName(), AuditEntry.Subject.NONE, status,
                            OptionalLong.empty()));
                }
                super.close(status, trailers);
            }
        };
        return Contexts.interceptCall(Context.current().withValue(REACHED, reached), watched, headers, next);
    }
}
