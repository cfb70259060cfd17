package runtime.trace;

import java.lang.ScopedValue.CallableOp;

/**
 * Where a thread is: the span its work belongs to, and the phases it is in. Threads it starts have none;
 * they get a {@link Span} handed if they are to go on with it.
 */
public final class Trail {
    private static final ScopedValue<Trail> HERE = ScopedValue.newInstance();

    /** The thread's own. */
    private Span innermost;

    private Trail(Span span) {
        this.innermost = span;
    }

    /** Does work whose phases are parts of a span; whoever began that ends it. */
    public static <T, X extends Throwable> T within(Span span, CallableOp<T, X> work) throws X {
        return span == Span.NONE ? work.call()
                : ScopedValue.where(HERE, new Trail(span)).call(work);
    }

    /** The innermost phase this thread is in, or the span its work belongs to. */
    public static Span here() {
        return HERE.isBound() ? HERE.get().innermost : Span.NONE;
    }

    /** Begins a part of what this thread does; to be closed by it, before any it was begun in. */
    public static Phase phase(String name) {
        if (!HERE.isBound()) {
            return Phase.UNTRACED;
        }
        Trail trail = HERE.get();
        return new Phase(trail, trail.innermost, trail.innermost.child(name));
    }

    void enter(Span span) {
        innermost = span;
    }
}
