package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import linux.abi.Signal;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupPlanner;
import runtime.cgroup.CgroupStatistics;
import runtime.cgroup.CgroupStep;
import runtime.cgroupfs.CgroupFiles;
import runtime.plan.PlanInput;
import runtime.spec.Resources;

/** The host's cgroups, for one call of the runtime. */
final class HostCgroupFiles {
    /** Callers of an OCI runtime look for their containers in every hierarchy. */
    private static final Set<String> JOINED =
            Set.of("cpuset", "blkio", "hugetlb", "freezer", "name=systemd");

    private final CgroupLayout layout;

    HostCgroupFiles() throws IOException {
        layout = CgroupFiles.layout();
    }

    /**
     * What gives a container its cgroup; the cgroups above it are made.
     *
     * @param path below each hierarchy's root
     * @throws OciException with every limit the host cannot honour
     */
    CgroupPlan prepare(String path, Resources resources) throws OciException, IOException {
        String absolute = path.startsWith("/") ? path : "/" + path;
        int slash = absolute.lastIndexOf('/');
        String above = absolute.substring(0, slash);
        try {
            for (CgroupStep step : CgroupPlanner.parent(layout, above)) {
                CgroupFiles.perform(step);
            }
            CgroupPlan plan = CgroupPlanner.plan(above.isEmpty() ? layout : probed(above), above,
                    absolute.substring(slash + 1), resources, JOINED);
            refuse(plan);
            return plan;
        } catch (IllegalArgumentException wrong) {
            throw new OciException("linux.cgroupsPath: " + wrong.getMessage(), wrong);
        }
    }

    private CgroupLayout probed(String cgroup) throws IOException {
        Set<String> files = new HashSet<>();
        for (String folder : layout.probeFolders(cgroup)) {
            for (Path file : CgroupFiles.entries(Path.of(folder))) {
                files.add(file.getFileName().toString());
            }
        }
        return layout.withFiles(files);
    }

    private static void refuse(CgroupPlan plan) throws OciException {
        if (!plan.refusals().isEmpty()) {
            throw new OciException(String.join("; ", plan.refusals()));
        }
    }

    /** Changes limits of a container that runs. */
    void update(CgroupPlace place, Resources current, Resources wanted)
            throws OciException, IOException {
        CgroupPlan plan = CgroupPlanner.update(layout, place, current, wanted);
        refuse(plan);
        for (CgroupStep step : plan.steps()) {
            CgroupFiles.perform(step);
        }
    }

    /**
     * The plan as steps of a launch.
     *
     * @param clonesInto whether the first process is made inside its cgroup, and need not join it
     */
    static PlanInput.CgroupSetup setup(CgroupPlan plan, boolean clonesInto) throws IOException {
        List<String> joins = new ArrayList<>(joinFiles(plan.place()));
        if (clonesInto) {
            plan.cloneInto().ifPresent(folder -> joins.remove(folder + "/cgroup.procs"));
        }
        return CgroupFiles.setup(plan, joins);
    }

    /** Where the v2 hierarchy is mounted. */
    static Optional<String> unifiedMount() throws IOException {
        return CgroupFiles.layout().unifiedMount();
    }

    /** The files a process writes itself into to join. */
    static List<String> joinFiles(CgroupPlace place) {
        return place.folders().stream().map(folder -> folder + "/cgroup.procs").toList();
    }

    /** The hierarchies, for a view of their own in a cgroup namespace. */
    List<PlanInput.CgroupMount> mounts() {
        return CgroupFiles.mounts(layout);
    }

    /** The container's own folder in each hierarchy by the hierarchy's name. */
    Map<String, String> ownFolders(CgroupPlace place) {
        Map<String, String> folders = new HashMap<>();
        place.legacyFolders().forEach((controller, folder) -> folders.put(
                Path.of(layout.legacyMounts().get(controller)).getFileName().toString(), folder));
        layout.unifiedMount().ifPresent(mount -> place.unifiedFolder().ifPresent(
                folder -> folders.put(CgroupFiles.unifiedName(layout, mount), folder)));
        return folders;
    }

    /** Stops every process of the container, or lets them go on, and returns when it is done. */
    static void freeze(CgroupPlace place, boolean stop) throws OciException, IOException {
        if (!stop) {
            CgroupFiles.thaw(place);
        } else if (!CgroupFiles.freeze(place)) {
            throw new OciException("the host has neither cgroup v2 nor v1's freezer: nothing can be"
                    + " paused");
        }
    }

    /** All processes, those of groups the container made itself included. */
    static List<Integer> processes(CgroupPlace place) throws IOException {
        Set<Integer> pids = new LinkedHashSet<>();
        if (!place.folders().isEmpty()) {
            collect(Path.of(place.folders().getFirst()), pids);
        }
        return List.copyOf(pids);
    }

    private static void collect(Path folder, Set<Integer> pids) throws IOException {
        pids.addAll(CgroupControl.processes(CgroupFiles.read(folder.resolve("cgroup.procs"))));
        for (Path entry : CgroupFiles.entries(folder)) {
            if (Files.isDirectory(entry)) {
                collect(entry, pids);
            }
        }
    }

    /** Sends a signal to every process. */
    void signalAll(CgroupPlace place, int signal) throws IOException {
        Optional<CgroupStep.WriteFile> kill = CgroupControl.kill(layout, place);
        if (signal == Signal.SIGKILL.number() && kill.isPresent()
                && Files.exists(Path.of(kill.get().path()))) {
            CgroupFiles.perform(kill.get());
            return;
        }
        for (int pid : processes(place)) {
            CgroupFiles.signal(pid, signal);
        }
    }

    /** Removes the container's cgroups; what still runs in them is killed. */
    void remove(CgroupPlace place) throws IOException {
        for (String folder : place.folders()) {
            CgroupFiles.remove(Path.of(folder));
        }
    }

    /** What the container used so far. */
    static CgroupStatistics statistics(CgroupPlace place) throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (String file : CgroupStatistics.files(place)) {
            if (Files.exists(Path.of(file))) {
                texts.put(file, CgroupFiles.read(Path.of(file)));
            }
        }
        return CgroupStatistics.of(place, texts);
    }
}
