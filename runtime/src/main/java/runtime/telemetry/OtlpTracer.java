package runtime.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import runtime.trace.Span;
import runtime.trace.TraceParent;
import runtime.trace.Tracer;

/**
 * Sends spans by OTLP over HTTP. What the collector does, or does not, holds up nobody: ended spans wait in
 * a bounded queue and what does not fit is dropped and counted.
 */
public final class OtlpTracer implements Tracer {
    private static final String SCOPE = "jctl";
    private static final long LAST_WORDS_SECONDS = 2;

    private final SpanAccounts accounts;
    private final SdkTracerProvider provider;
    private final io.opentelemetry.api.trace.Tracer tracer;

    private OtlpTracer(SpanAccounts accounts, SdkTracerProvider provider, String version) {
        this.accounts = accounts;
        this.provider = provider;
        this.tracer = provider.tracerBuilder(SCOPE).setInstrumentationVersion(version).build();
    }

    /**
     * Sends from now on.
     *
     * @param version of jctl
     * @param host    this machine's name
     * @param warn    told once, if spans cannot be sent
     * @throws IOException in a sentence, if the settings cannot be followed
     */
    public static OtlpTracer open(TraceSettings settings, String version, String host,
            Consumer<String> warn) throws IOException {
        SpanAccounts accounts = new SpanAccounts(settings.endpoint(), warn);
        try {
            SdkTracerProvider provider = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(known -> settings.properties())
                    .addResourceCustomizer((resource, config) -> Resource.create(Attributes.builder()
                            .put("service.version", version).put("host.name", host)
                            .put("process.pid", ProcessHandle.current().pid()).build())
                            .merge(resource))
                    .addSpanExporterCustomizer(accounts::exporting)
                    .addSpanProcessorCustomizer(accounts::admitting)
                    .build().getOpenTelemetrySdk().getSdkTracerProvider();
            return new OtlpTracer(accounts, provider, version);
        } catch (ConfigurationException | IllegalArgumentException refused) {
            throw new IOException("traces cannot be sent to " + settings.endpoint() + ": "
                    + words(refused) + "; correct --otlp-endpoint or the variables that begin with"
                    + " OTEL_", refused);
        }
    }

    private static String words(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage());
    }

    @Override
    public Span work(String name) {
        return begin(tracer.spanBuilder(name).setNoParent());
    }

    @Override
    public Span call(String name, TraceParent from) {
        Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), from,
                TraceHeaders.READER);
        return begin(tracer.spanBuilder(name).setParent(context).setSpanKind(SpanKind.SERVER));
    }

    private Span begin(SpanBuilder builder) {
        return new SdkSpan(tracer, builder.startSpan());
    }

    @Override
    public Map<Fate, Long> counts() {
        Map<Fate, Long> counts = new EnumMap<>(Fate.class);
        for (Fate fate : Fate.values()) {
            counts.put(fate, accounts.count(fate));
        }
        return counts;
    }

    @Override
    public void close() {
        provider.shutdown().join(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
    }
}
