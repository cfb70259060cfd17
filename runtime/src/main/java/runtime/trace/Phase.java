package runtime.trace;

/** A part of what a thread does. Closed without {@link #done} it has failed. */
public final class Phase implements AutoCloseable {
    /** One nobody traces. */
    static final Phase UNTRACED = new Phase(null, Span.NONE, Span.NONE);

    private final Trail trail;
    private final Span outer;
    private final Span span;
    private boolean done;

    Phase(Trail trail, Span outer, Span span) {
        this.trail = trail;
        this.outer = outer;
        this.span = span;
        if (trail != null) {
            trail.enter(span);
        }
    }

    /** As a span, to note facts in and for the parts that other threads do. */
    public Span span() {
        return span;
    }

    /** It went well. */
    public void done() {
        if (trail != null) {
            done = true;
        }
    }

    @Override
    public void close() {
        if (trail == null) {
            return;
        }
        trail.enter(outer);
        if (done) {
            span.end();
        } else {
            span.fail("");
        }
    }
}
