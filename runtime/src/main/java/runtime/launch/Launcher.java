package runtime.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts what a launch plan describes and finds it again after a restart of the daemon.
 *
 * <p>Create and start are separate: a created container is a process that has done every step of its
 * plan but the last and waits for the word. Both survive this process.
 */
public interface Launcher extends AutoCloseable {

    /**
     * Spawns a keeper that performs the plan up to the wait for start, and returns when it got there.
     *
     * @throws LaunchException if a step failed; the plan's undo has run, nothing is left behind
     */
    Launched create(LaunchRequest request) throws LaunchException;

    /**
     * Creates and starts in one go.
     *
     * @param beforeStart done while the keeper does the steps before the program's, which does not run
     *                    before this has returned
     * @return once the program runs
     * @throws LaunchException if a step failed; nothing is left behind
     * @throws IOException     what {@code beforeStart} threw; nothing is left behind
     */
    Launched launch(LaunchRequest request, BeforeStart beforeStart)
            throws LaunchException, IOException;

    /** What must have happened before a program may run. */
    interface BeforeStart {
        /** Nothing. */
        BeforeStart NOTHING = () -> { };

        /** Does it. */
        void run() throws IOException;
    }

    /**
     * The container whose keeper wrote its status to the run folder, alive or finished.
     *
     * @return empty if the folder holds no status page, or one whose keeper was killed before it
     *     could report an exit, or whose process was before it was started
     */
    Optional<Launched> adopt(Path runFolder);

    /** Stops watching; containers go on. */
    @Override
    void close();
}
