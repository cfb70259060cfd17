package runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import runtime.device.CdiName;
import runtime.device.ContainerEdits;
import runtime.device.Demand;
import runtime.topology.CpuList;

/** What plug-ins of devices offer, given to containers for as long as they run. */
public interface DevicePlugins {
    /** Nobody offers anything. */
    DevicePlugins NONE = new DevicePlugins() {
        @Override
        public Equipment give(String containerId, Demand demand) throws ContainerException {
            throw new ContainerException(ContainerException.Reason.UNSUPPORTED, "this daemon knows no plug-ins of devices", 125, null);
        }

        @Override
        public void release(String containerId) {
            // There is nothing to release.
        }

        @Override
        public void reconcile(Set<String> aliveIds) {
            // Likewise.
        }
    };

    /**
     * What a container gets.
     *
     * @param edits       of its spec
     * @param cdi         devices whose edits a CDI spec knows
     * @param annotations of its spec
     * @param addresses   of network devices that are moved in, with prefix length, by their names on the host
     * @param cpus        processors for itself alone; none = it shares those of all
     * @param memoryNode  the one NUMA node that its memory has to be of; empty = any
     */
    record Equipment(List<ContainerEdits> edits, List<CdiName> cdi, Map<String, String> annotations, Map<String, List<String>> addresses,
            CpuList cpus, OptionalInt memoryNode) {
        /** Copies lists and maps. */
        public Equipment {
            edits = List.copyOf(edits);
            cdi = List.copyOf(cdi);
            annotations = Map.copyOf(annotations);
            addresses = Map.copyOf(addresses);
        }
    }

    /**
     * Gives a container devices and processors, all of them or none.
     *
     * @throws ContainerException with reason START_FAILED if they cannot be had, with what there is
     * @throws IOException        if that cannot be written down
     */
    Equipment give(String containerId, Demand demand) throws ContainerException, IOException;

    /**
     * A container runs no more: its devices become what they were. What cannot be taken back now is tried again; nobody gets it
     * meanwhile. Nothing happens if it has none.
     */
    void release(String containerId) throws IOException;

    /**
     * Processors that nobody has for himself alone.
     *
     * @return empty if nobody can: every container may be on all
     */
    default Optional<CpuList> sharedCpus() {
        return Optional.empty();
    }

    /** Takes back what containers have that are not among those alive, as a crash may have left it. */
    void reconcile(Set<String> aliveIds) throws IOException;
}
