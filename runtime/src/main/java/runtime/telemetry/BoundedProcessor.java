package runtime.telemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/** Hands ended spans on while few enough wait, so that the queue behind it never has to drop one unseen. */
final class BoundedProcessor implements SpanProcessor {
    private final SpanProcessor next;
    private final SpanAccounts accounts;
    private final int mostWaiting;

    BoundedProcessor(SpanProcessor next, SpanAccounts accounts, int mostWaiting) {
        this.next = next;
        this.accounts = accounts;
        this.mostWaiting = mostWaiting;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        next.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
        return next.isStartRequired();
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled() && accounts.admit(mostWaiting)) {
            next.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return next.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return next.forceFlush();
    }
}
