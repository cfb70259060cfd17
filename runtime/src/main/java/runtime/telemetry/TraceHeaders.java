package runtime.telemetry;

import io.opentelemetry.context.propagation.TextMapGetter;
import runtime.trace.TraceParent;

/** The two headers of W3C Trace Context, as OpenTelemetry reads them. */
final class TraceHeaders implements TextMapGetter<TraceParent> {
    static final TraceHeaders READER = new TraceHeaders();
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    private TraceHeaders() {}

    @Override
    public String get(TraceParent from, String key) {
        return switch (key) {
            case PARENT -> absentIfEmpty(from.parent());
            case STATE -> absentIfEmpty(from.state());
            default -> null;
        };
    }

    private static String absentIfEmpty(String value) {
        return value.isEmpty() ? null : value;
    }
}
