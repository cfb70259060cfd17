package clusterd.executor;

import api.node.CreateContainerRequest;
import clusterd.model.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the executor needs of a container daemon. A task's container is told by its label
 * {@code jctl.task.id}. Calls block, and end with InterruptedException when their thread is interrupted; what the
 * daemon began may then go on.
 */
public interface TaskContainers {
    /** All containers of tasks. */
    List<ContainerSeen> list() throws ContainersException, InterruptedException;

    /** The container of a task; the newest, if there are several. */
    Optional<ContainerSeen> find(TaskId task) throws ContainersException, InterruptedException;

    /** The container of that id, if it is there and a task's. */
    Optional<ContainerSeen> look(String id) throws ContainersException, InterruptedException;

    /**
     * Fetches the request's image with its credentials, if it is missing or the request wants it anew.
     * An interrupt ends the fetching.
     */
    void pull(CreateContainerRequest request) throws ContainersException, InterruptedException;

    /**
     * Makes a container that does not run.
     *
     * @return its id
     */
    String create(CreateContainerRequest request) throws ContainersException, InterruptedException;

    /** Starts it, also again. Returns once its program runs; nothing happens if it does already. */
    void start(String id) throws ContainersException, InterruptedException;

    /** Ends it with its own stop signal and time. Returns once it has ended; nothing happens if it had. */
    void stop(String id) throws ContainersException, InterruptedException;

    /**
     * SIGKILL.
     *
     * @return whether there was something to kill; false if it does not run or is not there
     */
    boolean kill(String id) throws ContainersException, InterruptedException;

    /**
     * Removes it with its volumes that have no name, and kills it first if it runs. Nothing happens if it is not
     * there.
     */
    void remove(String id) throws ContainersException, InterruptedException;

    /** Waits until it does not run. Of one that never ran the exit is of its start that failed, or 0. */
    ContainerExit await(String id) throws ContainersException, InterruptedException;

    /**
     * When containers that were made for unique tasks end by themselves, unless told otherwise before then.
     *
     * @param endsAtBootNanos by {@code CLOCK_BOOTTIME}
     * @param lengthMillis    for how long no manager was heard by then
     */
    default void leaseUntil(long endsAtBootNanos, long lengthMillis) { }

    /**
     * Tells when something has happened to a task's container: a start, an end, another health, its removal.
     * Told of no task at all: anything may have happened to any. That comes first, and after each interruption.
     *
     * @param told must not block
     */
    Watch watch(Consumer<Optional<TaskId>> told);

    /** Ends with {@link #close}. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
