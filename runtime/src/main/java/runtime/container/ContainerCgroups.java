package runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The cgroups of containers, after their processes have been put there by the launch. */
public interface ContainerCgroups {

    /** Where a container's cgroup lies in each hierarchy, for example {@code /jctl-1a2b3c4d/ID}. */
    String path(String containerId, String parent);

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
