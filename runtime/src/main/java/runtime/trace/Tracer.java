package runtime.trace;

import java.util.Map;

/** Begins spans that are nobody's part here, and sends all that have ended to where they are collected. */
public interface Tracer extends AutoCloseable {

    /** Traces nothing. */
    Tracer OFF = new Tracer() {
        @Override
        public Span work(String name) {
            return Span.NONE;
        }

        @Override
        public Span call(String name, TraceParent from) {
            return Span.NONE;
        }

        @Override
        public Map<Fate, Long> counts() {
            return Map.of();
        }

        @Override
        public void close() {
            // It has taken nothing.
        }
    };

    /** What becomes of spans that have ended. */
    enum Fate { SENT, FAILED, DROPPED }

    /** Work nobody asked for, like a restart by policy. */
    Span work(String name);

    /**
     * A client's call.
     *
     * @param from what the client says it is a part of
     */
    Span call(String name, TraceParent from);

    /** How many spans became what; empty if none are traced. */
    Map<Fate, Long> counts();

    /** Sends what has ended, as far as that is quick. */
    @Override
    void close();
}
