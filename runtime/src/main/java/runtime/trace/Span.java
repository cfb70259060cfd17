package runtime.trace;

/**
 * A stretch of work with a name, a parent and an end (OpenTelemetry specification, "Trace API"). What comes
 * after its end is not noted. Safe for several threads.
 */
public interface Span {

    /** Where nobody traces. */
    Span NONE = new Span() {
        @Override
        public Span child(String name) {
            return this;
        }

        @Override
        public Span set(String attribute, String value) {
            return this;
        }

        @Override
        public Span set(String attribute, long value) {
            return this;
        }

        @Override
        public void end() {
            // There is nothing to note it in.
        }

        @Override
        public void fail(String why) {
            // The same.
        }
    };

    /** A part of it, from now on. */
    Span child(String name);

    /** Notes a fact; the newest value of an attribute counts. */
    Span set(String attribute, String value);

    /** As {@link #set(String, String)}. */
    Span set(String attribute, long value);

    /** It is over and went well. */
    void end();

    /**
     * It is over and failed.
     *
     * @param why for people; may be empty
     */
    void fail(String why);
}
