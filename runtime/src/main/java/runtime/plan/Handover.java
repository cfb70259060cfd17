package runtime.plan;

import java.util.List;
import java.util.Map;
import runtime.spec.Mount;

/**
 * How a process is launched for somebody who keeps it himself: the caller of an OCI runtime, who waits
 * for the process, reads its output and holds its terminal.
 *
 * <p>The keeper then has the caller's standard streams, keeps no log, and ends as soon as the process
 * waits for start (a container) or runs (a further process). The process becomes the child of whoever
 * takes in orphans, which is the caller ({@code prctl(2)}, PR_SET_CHILD_SUBREAPER).
 *
 * @param ownedStreams  which of the descriptors 0 to 2 shall belong to the program's user: pipes and
 *                      sockets, never a device of the host
 * @param cgroupFolders the container's own folder in each hierarchy, by the hierarchy's name under
 *                      {@code /sys/fs/cgroup}, shown to a container without a cgroup namespace
 * @param mountMappings a file of a user namespace for each mount that has ids of its own
 * @param listens       whether the seccomp filter asks a supervisor: its listener is taken from the
 *                      process by the caller
 */
public record Handover(
        List<Integer> ownedStreams,
        Map<String, String> cgroupFolders,
        Map<Mount, String> mountMappings,
        boolean listens) {

    /** One whose filter, if there is one, asks nobody. */
    public Handover(List<Integer> ownedStreams, Map<String, String> cgroupFolders,
            Map<Mount, String> mountMappings) {
        this(ownedStreams, cgroupFolders, mountMappings, false);
    }

    public Handover {
        ownedStreams = List.copyOf(ownedStreams);
        cgroupFolders = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(cgroupFolders));
        mountMappings = Map.copyOf(mountMappings);
    }

    /** For a further process. */
    public static Handover of(List<Integer> ownedStreams, boolean listens) {
        return new Handover(ownedStreams, Map.of(), Map.of(), listens);
    }
}
