package runtime.telemetry;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import runtime.trace.Tracer.Fate;

/** Counts what becomes of spans, keeps those that wait few, and warns once. Safe for several threads. */
final class SpanAccounts {
    private static final int MOST_WAITING = 2048;
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(30);

    private final String endpoint;
    private final Consumer<String> warn;
    private final SdkWords words = SdkWords.listen();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean warned = new AtomicBoolean();

    SpanAccounts(String endpoint, Consumer<String> warn) {
        this.endpoint = endpoint;
        this.warn = warn;
    }

    SpanExporter exporting(SpanExporter exporter, ConfigProperties config) {
        return new CountingExporter(exporter, this,
                config.getDuration("otel.bsp.export.timeout", MOST_PATIENCE));
    }

    SpanProcessor admitting(SpanProcessor processor, ConfigProperties config) {
        return new BoundedProcessor(processor, this,
                config.getInt("otel.bsp.max.queue.size", MOST_WAITING));
    }

    /**
     * Whether one more may wait among those that have neither been sent nor given up; if not, it is
     * dropped.
     */
    synchronized boolean admit(int most) {
        if (ended.get() - sent.get() - failed.get() >= most) {
            dropped.incrementAndGet();
            warnOnce("spans end faster than it takes them");
            return false;
        }
        ended.incrementAndGet();
        return true;
    }

    void sent(int count) {
        sent.addAndGet(count);
    }

    void failed(int count, String why) {
        failed.addAndGet(count);
        warnOnce(words.latest().orElse(why));
    }

    private void warnOnce(String why) {
        if (!warned.getAndSet(true)) {
            warn.accept("some traces are lost: " + endpoint + " does not take them (" + why
                    + "); containers do not depend on it; see that a collector listens there"
                    + " (what is lost from now on is only counted, in jctl_trace_spans_total)");
        }
    }

    long count(Fate fate) {
        return switch (fate) {
            case SENT -> sent.get();
            case FAILED -> failed.get();
            case DROPPED -> dropped.get();
        };
    }
}
