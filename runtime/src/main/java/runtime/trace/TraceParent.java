package runtime.trace;

/**
 * A span of somebody else's, as it travels (W3C Trace Context, "traceparent" and "tracestate"). It is not
 * checked here: whoever reads it ignores what is malformed, as that text has it.
 *
 * @param parent empty if there is none
 * @param state  may be empty
 */
public record TraceParent(String parent, String state) {
    /** Nobody's. */
    public static final TraceParent NONE = new TraceParent("", "");
}
