package runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import runtime.launch.KeeperProgram;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanInput;
import runtime.spec.ContainerSpec;

/** Turns a spec and this host's facts into a launch plan. */
public interface PlanMaker {

    /**
     * A container's start.
     *
     * @param spec         with the namespaces to join resolved to processes
     * @param lowerFolders the image's layers, topmost first
     * @param folders      its upper and work folder, its mount point, its log, its run folder
     * @param network      its place in a network, if it has one
     * @param openInput    whether standard input stays open; else it is /dev/null
     * @param init         whether the program gets an init before it
     * @param origin       what the spec was just made of; absent if it was read, or names processes
     * @param lease        whose end ends it, if one does
     */
    record Start(
            ContainerSpec spec,
            List<Path> lowerFolders,
            ContainerFolders folders,
            Optional<ContainerNetwork.Attachment> network,
            boolean openInput,
            boolean init,
            Optional<Origin> origin,
            Optional<PlanInput.Lease> lease) {}

    /**
     * Specs of the same origin differ only in what is one container's own: id, user range, addresses.
     *
     * @param options without name and labels, which no spec holds
     * @param imageId of the image
     */
    record Origin(ContainerOptions options, String imageId) {
        /** Absent for a spec with devices, which were looked up, or with processes to join. */
        static Optional<Origin> of(ContainerOptions options, String imageId, ContainerSpec spec) {
            boolean plain = options.devices().isEmpty() && options.demand().isEmpty() && spec.linux().resources().cpu().cpus().equals(wanted(options))
                    && options.limits().ioRates().isEmpty()
                    && spec.linux().namespaces().stream().allMatch(each -> each.path().isEmpty());
            return plain ? Optional.of(new Origin(options.anonymous(), imageId)) : Optional.empty();
        }

        /** Others, where some have processors for themselves alone. */
        private static Optional<String> wanted(ContainerOptions options) {
            String cpus = options.limits().cpusetCpus();
            return cpus.isEmpty() ? Optional.empty() : Optional.of(cpus);
        }
    }

    /**
     * A further process in a container.
     *
     * @param spec      of the container, with the further process in place of its own
     * @param pid       of the container's first process, as the host numbers it
     * @param runFolder of this process
     * @param logFile   where its output goes
     * @param openInput whether standard input stays open
     */
    record Exec(ContainerSpec spec, int pid, Path runFolder, Path logFile, boolean openInput) {}

    /**
     * The plan of a start.
     *
     * @throws ContainerException if the host lacks what the spec asks for, or the spec is wrong
     */
    LaunchPlan start(Start start) throws ContainerException, IOException;

    /** The same as a keeper reads it; starts like earlier ones need not be planned anew. */
    KeeperProgram program(Start start) throws ContainerException, IOException;

    /** A further process, as a keeper reads it. */
    KeeperProgram exec(Exec exec) throws ContainerException, IOException;
}
