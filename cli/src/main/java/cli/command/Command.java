package cli.command;

import cli.transport.CallException;
import java.io.IOException;

/** One command. Only the one in use is made. */
interface Command {

    /** What it understands. */
    Syntax syntax();

    /**
     * Does it.
     *
     * @return the exit code
     * @throws UsageException if the words make no sense together
     * @throws CallException  if the daemon refused
     * @throws IOException    if the daemon is gone, or a file or stream failed
     */
    int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException;

    /** The exit code when it fails by itself: 125 for those that pass a container's code through. */
    default int failureCode() {
        return 1;
    }

    /** Undoes what was prepared for a run that will not be: the words are wrong, or ask for help only. */
    default void leave() {
    }
}
