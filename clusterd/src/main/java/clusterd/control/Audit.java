package clusterd.control;

import api.cluster.CreateServiceResponse;
import clusterd.audit.AuditEntry;
import clusterd.auditlog.AuditLog;
import clusterd.manager.ClusterAccess;
import clusterd.state.ClusterState;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Writes down each call of a service that changes something: who, what, and what came of it. */
public final class Audit implements ServerInterceptor {
    /** Refusals whose sentence may quote what the caller wrote, values among it. */
    private static final Set<Status.Code> QUOTING = EnumSet.of(Status.Code.INVALID_ARGUMENT, Status.Code.INTERNAL,
            Status.Code.UNKNOWN, Status.Code.OUT_OF_RANGE);

    private final AuditLog log;
    private final Supplier<ClusterState> state;
    private final InstantSource clock;

    /**
     * Into that log.
     *
     * @param state in which names are looked up, as it is before a call
     */
    public Audit(AuditLog log, Supplier<ClusterState> state, InstantSource clock) {
        this.log = log;
        this.state = state;
        this.clock = clock;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        RefusedCalls.reached();
        String method = call.getMethodDescriptor().getBareMethodName();
        if (method == null || !ClusterApiPermissions.isNoted(method)) {
            return next.startCall(call, headers);
        }
        Noted<Q, A> noted = new Noted<>(call, method);
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(Contexts.interceptCall(
                Context.current().withValue(ClusterAccess.CHANGED, noted), noted, headers, next)) {
            @Override
            public void onMessage(Q message) {
                noted.name(message);
                super.onMessage(message);
            }

            @Override
            public void onCancel() {
                noted.say(Status.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** What is written of a call that ended so. */
    static AuditEntry entry(long atMillis, AuditEntry.Caller who, String method, AuditEntry.Subject subject,
            Status status, OptionalLong index) {
        String why = status.getDescription();
        return new AuditEntry(atMillis, who, method, subject, status.isOk() ? AuditEntry.DONE
                : status.getCode().name().toLowerCase(Locale.ROOT),
                status.isOk() || why == null || QUOTING.contains(status.getCode()) ? "" : why, index);
    }

    private final class Noted<Q, A> extends ForwardingServerCall.SimpleForwardingServerCall<Q, A>
            implements LongConsumer {
        private final String method;
        private AuditEntry.Subject subject = AuditEntry.Subject.NONE;
        private OptionalLong index = OptionalLong.empty();
        private boolean said;

        Noted(ServerCall<Q, A> call, String method) {
            super(call);
            this.method = method;
        }

        /** Requests that are about one thing have its name; of a stream the first message counts. */
        synchronized void name(Q message) {
            if (subject.equals(AuditEntry.Subject.NONE)) {
                subject = RequestName.of(message, state.get());
            }
        }

        @Override
        public synchronized void accept(long changed) {
            if (changed > 0) {
                index = OptionalLong.of(changed);
            }
        }

        @Override
        public void sendMessage(A message) {
            if (message instanceof CreateServiceResponse created) {
                synchronized (this) {
                    subject = new AuditEntry.Subject(subject.name(), created.getId());
                }
            }
            super.sendMessage(message);
        }

        synchronized void say(Status status) {
            if (said) {
                return;
            }
            said = true;
            AuditEntry.Caller who = Callers.of(getAttributes());
            AuditEntry entry = entry(clock.millis(), who, method, subject, status, index);
            if (who.role().equals(AuditEntry.Caller.STRANGER) && !status.isOk()) {
                log.appendRefusal(entry);
            } else {
                log.append(entry);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            say(status);
            super.close(status, trailers);
        }
    }
}
