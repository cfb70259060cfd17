package runtime.node;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Set;
import java.util.stream.Collectors;
import runtime.trace.Span;
import runtime.trace.TraceParent;
import runtime.trace.Tracer;

/**
 * A span for each call, from its headers to the end of its stream (OpenTelemetry semantic conventions, "RPC"
 * and "gRPC").
 */
final class CallSpans extends ServerStreamTracer.Factory {
    private static final Context.Key<Span> SPAN =
            Context.keyWithDefault("jctl-span", Span.NONE);
    private static final Metadata.Key<String> PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> STATE =
            Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER);
    private static final String UNKNOWN = "unknown method";

    private final Tracer tracer;
    private final Set<String> methods;

    /** @param methods the full names of those there are; any other would be a client's own words */
    CallSpans(Tracer tracer, Set<String> methods) {
        this.tracer = tracer;
        this.methods = methods;
    }

    /** Of the calls of a service. */
    static CallSpans of(Tracer tracer, BindableService service) {
        return new CallSpans(tracer, service.bindService().getServiceDescriptor().getMethods()
                .stream().map(MethodDescriptor::getFullMethodName).collect(Collectors.toSet()));
    }

    /** That of the call whose event this thread handles. */
    static Span current() {
        return SPAN.get();
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        boolean known = methods.contains(method);
        Span span = tracer.call(known ? method : UNKNOWN, new TraceParent(
                text(headers, PARENT), text(headers, STATE))).set("rpc.system", "grpc");
        if (known) {
            int slash = method.indexOf('/');
            span.set("rpc.service", method.substring(0, slash))
                    .set("rpc.method", method.substring(slash + 1));
        }
        return new CallSpan(span);
    }

    private static String text(Metadata headers, Metadata.Key<String> key) {
        String value = headers.get(key);
        return value == null ? "" : value;
    }

    /** Whether it is the daemon, and not its client, that a status blames. */
    static boolean isOurs(Status.Code code) {
        return switch (code) {
            case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
            case OK, CANCELLED, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE,
                    UNAUTHENTICATED -> false;
        };
    }

    private static final class CallSpan extends ServerStreamTracer {
        private final Span span;

        CallSpan(Span span) {
            this.span = span;
        }

        @Override
        public Context filterContext(Context context) {
            return context.withValue(SPAN, span);
        }

        @Override
        public void streamClosed(Status status) {
            span.set("rpc.grpc.status_code", status.getCode().value());
            if (isOurs(status.getCode())) {
                span.fail(status.getDescription() == null ? "" : status.getDescription());
            } else {
                span.end();
            }
        }
    }
}
