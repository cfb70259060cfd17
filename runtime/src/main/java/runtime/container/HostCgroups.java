package runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import linux.syscall.OwnUserNamespace;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupPlanner;
import runtime.cgroup.CgroupStep;
import runtime.cgroup.LimitOptions;
import runtime.cgroupfs.CgroupFiles;
import runtime.cgroupfs.DelegatedCgroup;
import runtime.plan.PlanInput;
import runtime.spec.Resources;

/** The cgroups of this host below one parent, which belongs to this daemon alone. */
public final class HostCgroups implements ContainerCgroups {
    private final String parent;
    private final CgroupLayout layout;
    private final boolean prepares;
    private final Set<String> prepared = ConcurrentHashMap.newKeySet();

    /**
     * Looks at the host's hierarchies and prepares the parent in each.
     *
     * @param parent for example {@code /jctl-1a2b3c4d}
     */
    public HostCgroups(String parent) throws IOException {
        this(parent, true);
    }

    /** The same for one who only looks: nothing is prepared, and every limit file is taken to exist. */
    static HostCgroups asSeen(String parent) throws IOException {
        return new HostCgroups(parent, false);
    }

    private HostCgroups(String parent, boolean prepares) throws IOException {
        this.parent = parent;
        this.prepares = prepares;
        CgroupLayout host = CgroupFiles.layout();
        CgroupLayout bare = OwnUserNamespace.isInitial() || !prepares
                ? host : DelegatedCgroup.take(host);
        prepared.add(parent);
        if (!prepares || bare.reach() == CgroupLayout.Reach.NONE) {
            this.layout = bare;
            return;
        }
        for (CgroupStep step : CgroupPlanner.parent(bare, parent)) {
            CgroupFiles.perform(step);
        }
        Set<String> files = new HashSet<>();
        for (String folder : bare.probeFolders(parent)) {
            CgroupFiles.entries(Path.of(folder)).forEach(file -> files.add(file.getFileName().toString()));
        }
        this.layout = bare.withFiles(files);
    }

    /** How the host has its hierarchies. */
    public CgroupLayout layout() {
        return layout;
    }

    /** What the host offers to limits. */
    public LimitOptions.Machine machine() {
        boolean swap = layout.mayHave("memory.memsw.limit_in_bytes")
                || layout.mayHave("memory.swap.max");
        return new LimitOptions.Machine(Runtime.getRuntime().availableProcessors(), swap,
                layout.has("hugetlb"), layout.reach() == CgroupLayout.Reach.HOST || layout.has("pids"));
    }

    /** What an ordinary user should know about limits he asks for; empty if he has them all. */
    public Optional<String> warning() {
        return switch (layout.reach()) {
            case HOST -> Optional.empty();
            case NONE -> Optional.of("no cgroup is delegated to this ordinary user's agent: limits and pause"
                    + " are refused (docs/rootless.md says how to have one delegated)");
            case DELEGATED -> layout.has("memory") && layout.has("cpu") && layout.has("pids")
                    ? Optional.empty()
                    : Optional.of("of the controllers memory, cpu and pids not all are delegated to this"
                            + " ordinary user's agent: limits that need one of the others are refused");
        };
    }

    @Override
    public String path(String containerId, String wanted) {
        return (wanted.isEmpty() ? parent : wanted) + "/" + containerId;
    }

    /**
     * What a launch does to give a container its cgroup.
     *
     * @param path as {@link #path} gave it
     * @throws ContainerException with every limit the host cannot honour
     */
    CgroupPlan plan(String path, Resources resources) throws ContainerException, IOException {
        int slash = path.lastIndexOf('/');
        String above = path.substring(0, slash);
        try {
            if (prepares && !prepared.contains(above)) {
                for (CgroupStep step : CgroupPlanner.parent(layout, above)) {
                    CgroupFiles.perform(step);
                }
                prepared.add(above);
            }
            CgroupPlan plan = CgroupPlanner.plan(layout, above, path.substring(slash + 1),
                    resources);
            if (!plan.refusals().isEmpty()) {
                throw new ContainerException(ContainerException.Reason.HOST_LACKS_FEATURE,
                        String.join("; ", plan.refusals()), 125, null);
            }
            return plan;
        } catch (IllegalArgumentException wrong) {
            throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                    wrong.getMessage(), 125, wrong);
        }
    }

    /** The plan as steps of a launch. */
    static PlanInput.CgroupSetup setup(CgroupPlan plan) throws IOException {
        List<String> joins = new ArrayList<>(joinFiles(plan));
        if (plan.cloneInto().isPresent()) {
            joins.remove(plan.cloneInto().get() + "/cgroup.procs");
        }
        return CgroupFiles.setup(plan, joins);
    }

    /** The files a process writes itself into to join. */
    static List<String> joinFiles(CgroupPlan plan) {
        return plan.joins().stream().map(CgroupStep.WriteFile::path).toList();
    }

    /** The hierarchies as a container's own view of /sys/fs/cgroup needs them. */
    List<PlanInput.CgroupMount> mounts() {
        return CgroupFiles.mounts(layout);
    }

    @Override
    public boolean oomKilled(String path) throws IOException {
        Optional<String> file = CgroupControl.oomFile(place(path));
        return file.isPresent() && CgroupControl.oomKills(CgroupFiles.read(Path.of(file.get()))) > 0;
    }

    @Override
    public void freeze(String path) throws ContainerException, IOException {
        if (!CgroupFiles.freeze(place(path))) {
            throw new ContainerException(ContainerException.Reason.HOST_LACKS_FEATURE,
                    layout.reach() == CgroupLayout.Reach.NONE
                            ? "no cgroup is delegated to this ordinary user's agent: nothing can be paused;"
                                    + " docs/rootless.md says how to have one delegated"
                            : "this host has neither cgroup v2 nor v1's freezer: nothing can be paused");
        }
    }

    @Override
    public void thaw(String path) throws IOException {
        CgroupFiles.thaw(place(path));
    }

    @Override
    public boolean isFrozen(String path) throws IOException {
        return CgroupFiles.isFrozen(place(path));
    }

    @Override
    public void update(String path, Resources current, Resources wanted)
            throws ContainerException, IOException {
        CgroupPlan plan = change(path, current, wanted);
        List<CgroupStep.WriteFile> done = new ArrayList<>();
        try {
            for (CgroupStep.WriteFile step : plan.writes()) {
                String before = CgroupFiles.read(Path.of(step.path())).strip();
                CgroupFiles.perform(step);
                done.add(new CgroupStep.WriteFile(step.path(), before, true, "as it was"));
            }
        } catch (IOException refused) {
            for (CgroupStep.WriteFile undo : done.reversed()) {
                CgroupFiles.perform(undo);
            }
            throw refused;
        }
    }

    private CgroupPlan change(String path, Resources current, Resources wanted)
            throws ContainerException {
        int slash = path.lastIndexOf('/');
        CgroupPlace place = CgroupPlanner.plan(layout, path.substring(0, slash),
                path.substring(slash + 1), current).place();
        CgroupPlan plan = CgroupPlanner.update(layout, place, current, wanted);
        if (!plan.refusals().isEmpty()) {
            throw new ContainerException(ContainerException.Reason.HOST_LACKS_FEATURE,
                    String.join("; ", plan.refusals()), 125, null);
        }
        return plan;
    }

    /** Where a cgroup lies in each hierarchy; {@code path} is as {@link #path} gave it. */
    public CgroupPlace place(String path) {
        int slash = path.lastIndexOf('/');
        return CgroupPlanner.place(layout, path.substring(0, slash), path.substring(slash + 1));
    }

    @Override
    public void remove(String path) throws IOException {
        for (String folder : layout.probeFolders(path)) {
            CgroupFiles.remove(Path.of(folder));
        }
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) throws IOException {
        Set<String> orphans = new TreeSet<>();
        for (String folder : layout.probeFolders(parent)) {
            for (Path entry : CgroupFiles.entries(Path.of(folder))) {
                String name = entry.getFileName().toString();
                if (Files.isDirectory(entry) && !aliveIds.contains(name)) {
                    orphans.add(name);
                }
            }
        }
        List<String> removed = new ArrayList<>();
        for (String orphan : orphans) {
            remove(parent + "/" + orphan);
            removed.add("removed cgroup " + parent + "/" + orphan + ", which belonged to no container");
        }
        return removed;
    }

    /** Removes the parent wherever it is empty: when the daemon ends and none of its containers runs. */
    public void removeParentIfEmpty() {
        for (String folder : layout.probeFolders(parent)) {
            try {
                Files.deleteIfExists(Path.of(folder));
            } catch (IOException inUse) {
                // A container runs: its next daemon needs the parent.
                continue;
            }
        }
    }
}
