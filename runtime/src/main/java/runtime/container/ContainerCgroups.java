package runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import runtime.spec.Resources;

/** The cgroups of containers, after their processes have been put there by the launch. */
public interface ContainerCgroups {

    /** Where a container's cgroup lies in each hierarchy, for example {@code /jctl-1a2b3c4d/ID}. */
    String path(String containerId, String parent);

    /**
     * Stops every process in it where it is; returns when all have stopped.
     *
     * @throws ContainerException with reason HOST_LACKS_FEATURE if the host has no freezer
     * @throws IOException        if a process does not stop; they all go on then
     */
    void freeze(String path) throws ContainerException, IOException;

    /** Lets them go on. */
    void thaw(String path) throws IOException;

    /** Whether they stand still. */
    boolean isFrozen(String path) throws IOException;

    /**
     * Changes the limits of processes that run.
     *
     * @param current what is in force
     * @param wanted  what shall be
     * @throws ContainerException if the host cannot honour one; all are as they were
     * @throws IOException        if the kernel refused one; all are as they were
     */
    void update(String path, Resources current, Resources wanted)
            throws ContainerException, IOException;

    /** Whether the kernel has killed a process for lack of memory in it. */
    boolean oomKilled(String path) throws IOException;

    /**
     * Kills what still runs in it and removes it, with all below it; no error if it is absent.
     *
     * @throws IOException if that failed, for example because a process cannot die
     */
    void remove(String path) throws IOException;

    /**
     * Removes the cgroups of the daemon's containers that are not among those alive.
     *
     * @return what was removed, a sentence each
     */
    List<String> reconcile(Set<String> aliveIds) throws IOException;
}
