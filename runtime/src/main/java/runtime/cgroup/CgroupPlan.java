package runtime.cgroup;

import java.util.List;
import java.util.Optional;

/**
 * All that gives a container its control group.
 *
 * @param place         the folders
 * @param steps         to be done in order before the container's first process joins
 * @param joins         files the process's pid is written to, in order; the unified folder's own
 *     file comes last and is left out by whoever clones into it
 * @param cloneInto     the folder for {@code CLONE_INTO_CGROUP} of {@code clone3(2)} (Linux 5.7),
 *     which costs less than a write after the clone
 * @param deviceProgram BPF_PROG_TYPE_CGROUP_DEVICE instructions to attach to the unified folder
 *     before anything runs in it
 * @param refusals      what the host cannot honour, as sentences; the plan must not run if there
 *     are any
 */
public record CgroupPlan(
        CgroupPlace place,
        List<CgroupStep> steps,
        List<CgroupStep.WriteFile> joins,
        Optional<String> cloneInto,
        Optional<DeviceProgram> deviceProgram,
        List<String> refusals) {

    /** What is written to a {@code cgroup.procs} to move the writer itself. */
    public static final String SELF = "0";

    public CgroupPlan {
        steps = List.copyOf(steps);
        joins = List.copyOf(joins);
        refusals = List.copyOf(refusals);
    }

    /** The folders to remove with {@code rmdir(2)} when every process has gone. */
    public List<String> removals() {
        return place.folders();
    }

    /** The folders to make, outermost first. */
    public List<String> directories() {
        return steps.stream().filter(CgroupStep.MakeDirectory.class::isInstance)
                .map(CgroupStep::path).toList();
    }

    /** The writes, in order, once the folders are there. */
    public List<CgroupStep.WriteFile> writes() {
        return steps.stream().filter(CgroupStep.WriteFile.class::isInstance)
                .map(CgroupStep.WriteFile.class::cast).toList();
    }

    /** The files to join by writing a pid, for one who clones into the unified folder. */
    public List<String> legacyJoinFiles() {
        return joins.stream().map(CgroupStep.WriteFile::path)
                .filter(path -> cloneInto.stream()
                        .noneMatch(folder -> path.equals(folder + "/cgroup.procs")))
                .toList();
    }
}
