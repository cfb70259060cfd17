package runtime.container;

import java.io.IOException;
import linux.abi.Signal;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.Launched;
import runtime.launch.Launcher;

/** A terminal's size in character cells; 0 if unknown. */
public record TerminalSize(int rows, int columns) {
    /** The kernel's own: 0 by 0. */
    public static final TerminalSize UNKNOWN = new TerminalSize(0, 0);

    /** Launches; the terminal, if there is one, is of this size before the program sees it. */
    Launched launch(Launcher launcher, LaunchRequest request, Launcher.BeforeStart beforeStart)
            throws LaunchException, IOException {
        if (rows <= 0 || columns <= 0) {
            return launcher.launch(request, beforeStart);
        }
        Launched launched = launcher.create(request);
        boolean done = false;
        try {
            beforeStart.run();
            launched.resize(rows, columns);
            launched.start();
            done = true;
            return launched;
        } finally {
            if (!done) {
                // The kernel ends a container whose keeper has failed; one that only waits is told to.
                launched.signal(Signal.SIGKILL.number());
                launched.close();
            }
        }
    }
}
