package cli.transport;

/**
 * Whose part the calls of a command are (W3C Trace Context), as two headers.
 *
 * @param parent empty if nobody's
 * @param state  may be empty
 */
public record TraceContext(String parent, String state) {
    /** Nobody's. */
    public static final TraceContext NONE = new TraceContext("", "");
    /** "00-" 32 digits "-" 16 digits "-" 2 digits. */
    private static final int PARENT_CHARACTERS = 55;
    private static final int MOST_STATE_CHARACTERS = 512;

    /**
     * What a program around us has put in the environment variables TRACEPARENT and TRACESTATE (OpenTelemetry,
     * "Environment Variables as Context Propagation Carriers"); none if that is malformed, as W3C has it.
     */
    public static TraceContext of(String parent, String state) {
        if (parent.length() != PARENT_CHARACTERS) {
            return NONE;
        }
        for (int i = 0; i < parent.length(); i++) {
            char character = parent.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            boolean digit = character >= '0' && character <= '9'
                    || character >= 'a' && character <= 'f';
            if (dash ? character != '-' : !digit) {
                return NONE;
            }
        }
        return new TraceContext(parent, isPrintable(state) ? state : "");
    }

    private static boolean isPrintable(String state) {
        for (int i = 0; i < state.length(); i++) {
            if (state.charAt(i) < ' ' || state.charAt(i) > '~') {
                return false;
            }
        }
        return state.length() <= MOST_STATE_CHARACTERS;
    }
}
