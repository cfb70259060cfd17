package runtime.plan;

import java.util.List;
import java.util.Optional;
import runtime.spec.NamespaceType;
import runtime.spec.Process;

/**
 * A further process in a running container ({@code jctl exec}).
 *
 * @param process    what to run
 * @param targetPid  the container's first process, as the host numbers it
 * @param namespaces the kinds the container does not share with the host
 * @param changesRoot whether its root is only a part of its mount namespace: that is shared with others,
 *                   or there is none
 * @param joinFiles  {@code cgroup.procs} files of the container's cgroups
 * @param statusFile the new process's own status page
 * @param logFile    where its output goes
 * @param seccomp    the container's filter
 * @param personality the container's execution domain
 * @param openInput  whether standard input stays open for a writer
 * @param handover   how it is launched for a caller that keeps it itself; empty for our own keeper
 */
public record ExecInput(
        Process process,
        int targetPid,
        List<NamespaceType> namespaces,
        boolean changesRoot,
        List<String> joinFiles,
        String statusFile,
        String logFile,
        Optional<SystemCallFilter> seccomp,
        Optional<String> personality,
        boolean openInput,
        Optional<Handover> handover) {

    /** One that a keeper of ours keeps. */
    public ExecInput(
            Process process,
            int targetPid,
            List<NamespaceType> namespaces,
            List<String> joinFiles,
            String statusFile,
            String logFile,
            Optional<SystemCallFilter> seccomp,
            Optional<String> personality,
            boolean openInput) {
        this(process, targetPid, namespaces, !namespaces.contains(NamespaceType.MOUNT), joinFiles, statusFile, logFile, seccomp, personality,
                openInput, Optional.empty());
    }

    public ExecInput {
        namespaces = List.copyOf(namespaces);
        joinFiles = List.copyOf(joinFiles);
    }
}
