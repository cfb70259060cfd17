package runtime.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupPlanner;
import runtime.cgroup.CgroupStep;
import runtime.cgroup.DeviceProgram;
import runtime.cgroup.LimitOptions;
import runtime.plan.PlanInput;
import runtime.spec.Resources;

/** The cgroups of this host below one parent, which belongs to this daemon alone. */
public final class HostCgroups implements ContainerCgroups {
    private static final long REMOVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
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
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        Optional<String> unified = CgroupLayout.unifiedMountPoint(mounts);
        String controllers = unified.isEmpty() ? ""
                : Files.readString(Path.of(unified.get(), "cgroup.controllers"));
        CgroupLayout bare = CgroupLayout.parse(mounts,
                Files.readString(Path.of("/proc/self/cgroup")),
                Files.readString(Path.of("/proc/cgroups")), controllers);
        prepared.add(parent);
        if (!prepares) {
            this.layout = bare;
            return;
        }
        for (CgroupStep step : CgroupPlanner.parent(bare, parent)) {
            perform(step);
        }
        Set<String> files = new HashSet<>();
        for (String folder : bare.probeFolders(parent)) {
            entries(Path.of(folder)).forEach(file -> files.add(file.getFileName().toString()));
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
        return new LimitOptions.Machine(Runtime.getRuntime().availableProcessors(), swap);
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
                    perform(step);
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
        List<String> folders = new ArrayList<>();
        List<PlanInput.CgroupSetup.Write> writes = new ArrayList<>();
        for (CgroupStep step : plan.steps()) {
            switch (step) {
                case CgroupStep.MakeDirectory(String path, boolean _, String _) ->
                        folders.add(path);
                case CgroupStep.WriteFile(String path, String value, boolean optional,
                        String reason) ->
                        writes.add(new PlanInput.CgroupSetup.Write(path, value, reason, optional));
                case CgroupStep.CopyIfEmpty(String from, String path, String reason) ->
                        writes.add(new PlanInput.CgroupSetup.Write(
                                path, read(Path.of(from)).strip(), reason, false));
            }
        }
        List<String> joins = new ArrayList<>(joinFiles(plan));
        if (plan.cloneInto().isPresent()) {
            joins.remove(plan.cloneInto().get() + "/cgroup.procs");
        }
        return new PlanInput.CgroupSetup(folders, writes, joins, plan.cloneInto(),
                plan.deviceProgram().map(DeviceProgram::toBytes));
    }

    /** The files a process writes itself into to join. */
    static List<String> joinFiles(CgroupPlan plan) {
        return plan.joins().stream().map(CgroupStep.WriteFile::path).toList();
    }

    /** The hierarchies as a container's own view of /sys/fs/cgroup needs them. */
    List<PlanInput.CgroupMount> mounts() {
        Map<String, String> options = new LinkedHashMap<>();
        layout.legacyMounts().forEach((controller, mount) -> options.merge(mount,
                controller.startsWith("name=") ? "none," + controller : controller,
                (first, second) -> first + "," + second));
        List<PlanInput.CgroupMount> mounts = new ArrayList<>();
        options.forEach((mount, names) -> mounts.add(new PlanInput.CgroupMount(
                Path.of(mount).getFileName().toString(), names, false)));
        layout.unifiedMount().ifPresent(mount -> mounts.add(new PlanInput.CgroupMount(
                layout.kind() == CgroupLayout.Kind.UNIFIED ? ""
                        : Path.of(mount).getFileName().toString(), "", true)));
        return mounts;
    }

    @Override
    public boolean oomKilled(String path) throws IOException {
        Optional<String> file = CgroupControl.oomFile(place(path));
        return file.isPresent() && CgroupControl.oomKills(read(Path.of(file.get()))) > 0;
    }

    @Override
    public void freeze(String path) throws ContainerException, IOException {
        CgroupPlace place = place(path);
        CgroupStep.WriteFile freeze = CgroupControl.freeze(place).orElseThrow(() ->
                new ContainerException(ContainerException.Reason.HOST_LACKS_FEATURE,
                        "this host has neither cgroup v2 nor v1's freezer: nothing can be paused"));
        perform(freeze);
        long end = System.nanoTime() + REMOVAL_NANOS;
        while (!isFrozen(path)) {
            if (System.nanoTime() > end) {
                thaw(path);
                throw new IOException("the processes of " + path + " did not stop in "
                        + TimeUnit.NANOSECONDS.toSeconds(REMOVAL_NANOS)
                        + " s: one waits for a device or a file server; they go on");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void thaw(String path) throws IOException {
        Optional<CgroupStep.WriteFile> thaw = CgroupControl.thaw(place(path));
        if (thaw.isPresent()) {
            perform(thaw.get());
        }
    }

    @Override
    public boolean isFrozen(String path) throws IOException {
        Optional<String> file = CgroupControl.frozenFile(place(path));
        return file.isPresent() && CgroupControl.isFrozen(read(Path.of(file.get())));
    }

    @Override
    public void update(String path, Resources current, Resources wanted)
            throws ContainerException, IOException {
        CgroupPlan plan = change(path, current, wanted);
        List<CgroupStep.WriteFile> done = new ArrayList<>();
        try {
            for (CgroupStep.WriteFile step : plan.writes()) {
                String before = read(Path.of(step.path())).strip();
                perform(step);
                done.add(new CgroupStep.WriteFile(step.path(), before, true, "as it was"));
            }
        } catch (IOException refused) {
            for (CgroupStep.WriteFile undo : done.reversed()) {
                perform(undo);
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
        return CgroupPlanner.plan(layout, path.substring(0, slash), path.substring(slash + 1),
                Resources.none()).place();
    }

    @Override
    public void remove(String path) throws IOException {
        for (String folder : layout.probeFolders(path)) {
            removeTree(Path.of(folder), System.nanoTime() + REMOVAL_NANOS);
        }
    }

    /** Groups a container made within its own go first. */
    private static void removeTree(Path folder, long deadlineNanos) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                removeTree(entry, deadlineNanos);
            }
        }
        while (true) {
            try {
                Files.deleteIfExists(folder);
                return;
            } catch (IOException busy) {
                // The kernel needs a moment to bury the dead; the living are killed.
                if (System.nanoTime() > deadlineNanos) {
                    throw busy;
                }
                kill(folder);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void kill(Path folder) throws IOException {
        for (int pid : CgroupControl.processes(read(folder.resolve("cgroup.procs")))) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public List<String> reconcile(Set<String> aliveIds) throws IOException {
        Set<String> orphans = new TreeSet<>();
        for (String folder : layout.probeFolders(parent)) {
            for (Path entry : entries(Path.of(folder))) {
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

    private static void perform(CgroupStep step) throws IOException {
        Path path = Path.of(step.path());
        switch (step) {
            case CgroupStep.MakeDirectory(String _, boolean mayExist, String _) -> {
                if (!mayExist || !Files.isDirectory(path)) {
                    Files.createDirectory(path);
                }
            }
            case CgroupStep.WriteFile(String _, String value, boolean optional, String reason) ->
                    write(path, value, optional, reason);
            case CgroupStep.CopyIfEmpty(String from, String _, String reason) -> {
                if (read(path).isBlank()) {
                    write(path, read(Path.of(from)).strip(), false, reason);
                }
            }
        }
    }

    private static void write(Path path, String value, boolean optional, String reason)
            throws IOException {
        try {
            Files.write(path, value.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
        } catch (IOException failure) {
            if (!optional) {
                throw new IOException("write of \"" + value + "\" to " + path + " (" + reason
                        + "): " + failure.getMessage(), failure);
            }
        }
    }

    /** Files of the kernel have no length to go by. */
    private static String read(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(entries::add);
            }
        }
        return entries;
    }
}
