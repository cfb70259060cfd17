package runtime.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** Waits for each batch, as the thread that sends them would anyway, and counts what became of it. */
final class CountingExporter implements SpanExporter {
    private final SpanExporter next;
    private final SpanAccounts accounts;
    private final Duration patience;

    CountingExporter(SpanExporter next, SpanAccounts accounts, Duration patience) {
        this.next = next;
        this.accounts = accounts;
        this.patience = patience;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result;
        try {
            result = next.export(spans).join(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RuntimeException failure) {
            accounts.failed(count, failure.toString());
            return CompletableResultCode.ofExceptionalFailure(failure);
        }
        if (!result.isDone()) {
            accounts.failed(count, "it does not answer within " + patience.toSeconds() + " s");
            return CompletableResultCode.ofFailure();
        }
        if (result.isSuccess()) {
            accounts.sent(count);
        } else {
            accounts.failed(count, "it refuses them");
        }
        return result;
    }

    @Override
    public CompletableResultCode flush() {
        return next.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return next.shutdown();
    }
}
