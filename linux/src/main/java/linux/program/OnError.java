package linux.program;

/** What happens when a step's result is an error (-4095 to -1). */
public sealed interface OnError {

    /** The step is recorded as the one that failed and the program goes on at the label. */
    record Fail(String label) implements OnError {}

    /** Control goes to the label; nothing is recorded. */
    record Goto(String label) implements OnError {}

    /** The next step runs as if nothing had happened. */
    record Ignore() implements OnError {}

    /** The one error is as good as success; any other is a failure. */
    record Tolerate(int errno, String errnoName, String label) implements OnError {}
}
