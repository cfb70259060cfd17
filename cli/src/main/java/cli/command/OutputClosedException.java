package cli.command;

import java.io.IOException;

/** Whoever read our standard output has gone, as {@code head} does: time to end, quietly. */
final class OutputClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputClosedException(IOException cause) {
        super("standard output is closed", cause);
    }
}
