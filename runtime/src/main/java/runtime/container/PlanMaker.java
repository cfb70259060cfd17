package runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import runtime.plan.LaunchPlan;
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
     */
    record Start(
            ContainerSpec spec,
            List<Path> lowerFolders,
            ContainerFolders folders,
            Optional<ContainerNetwork.Attachment> network,
            boolean openInput) {}

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

    /** The plan of a further process. */
    LaunchPlan exec(Exec exec) throws ContainerException, IOException;
}
