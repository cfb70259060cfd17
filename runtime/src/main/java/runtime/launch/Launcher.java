package runtime.launch;

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
     * The container whose keeper wrote its status to the run folder, alive or finished.
     *
     * @return empty if the folder holds no status page, or one whose keeper was killed before it
     *     could report an exit
     */
    Optional<Launched> adopt(Path runFolder);

    /** Stops watching; containers go on. */
    @Override
    void close();
}
