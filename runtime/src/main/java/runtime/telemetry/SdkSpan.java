package runtime.telemetry;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import runtime.trace.Span;

/** A span of OpenTelemetry's SDK. */
final class SdkSpan implements Span {
    /** Of a failure's sentence; the SDK limits attributes only. */
    private static final int MOST_CHARACTERS = 1024;

    private final Tracer tracer;
    private final io.opentelemetry.api.trace.Span span;

    SdkSpan(Tracer tracer, io.opentelemetry.api.trace.Span span) {
        this.tracer = tracer;
        this.span = span;
    }

    @Override
    public Span child(String name) {
        return new SdkSpan(tracer,
                tracer.spanBuilder(name).setParent(Context.root().with(span)).startSpan());
    }

    @Override
    public Span set(String attribute, String value) {
        span.setAttribute(attribute, value);
        return this;
    }

    @Override
    public Span set(String attribute, long value) {
        span.setAttribute(attribute, value);
        return this;
    }

    @Override
    public void end() {
        span.end();
    }

    @Override
    public void fail(String why) {
        span.setStatus(StatusCode.ERROR, why.substring(0, Math.min(why.length(), MOST_CHARACTERS)));
        span.end();
    }
}
