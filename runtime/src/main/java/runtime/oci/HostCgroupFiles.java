package runtime.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import linux.abi.Signal;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupPlanner;
import runtime.cgroup.CgroupStatistics;
import runtime.cgroup.CgroupStep;
import runtime.cgroup.DeviceProgram;
import runtime.plan.PlanInput;
import runtime.spec.Resources;

/** The host's cgroups, for one call of the runtime. */
final class HostCgroupFiles {
    /** Callers of an OCI runtime look for their containers in every hierarchy. */
    private static final Set<String> JOINED =
            Set.of("cpuset", "blkio", "hugetlb", "freezer", "name=systemd");
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000;

    private final CgroupLayout layout;

    HostCgroupFiles() throws IOException {
        String mounts = read(Path.of("/proc/self/mountinfo"));
        Optional<String> unified = CgroupLayout.unifiedMountPoint(mounts);
        layout = CgroupLayout.parse(mounts, read(Path.of("/proc/self/cgroup")),
                read(Path.of("/proc/cgroups")), unified.isEmpty() ? ""
                        : read(Path.of(unified.get(), "cgroup.controllers")));
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
                perform(step);
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
            for (Path file : entries(Path.of(folder))) {
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
            perform(step);
        }
    }

    /**
     * The plan as steps of a launch.
     *
     * @param clonesInto whether the first process is made inside its cgroup, and need not join it
     */
    static PlanInput.CgroupSetup setup(CgroupPlan plan, boolean clonesInto) throws IOException {
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
        List<String> joins = new ArrayList<>(joinFiles(plan.place()));
        if (clonesInto) {
            plan.cloneInto().ifPresent(folder -> joins.remove(folder + "/cgroup.procs"));
        }
        return new PlanInput.CgroupSetup(folders, writes, joins, plan.cloneInto(),
                plan.deviceProgram().map(DeviceProgram::toBytes));
    }

    /** The files a process writes itself into to join. */
    static List<String> joinFiles(CgroupPlace place) {
        return place.folders().stream().map(folder -> folder + "/cgroup.procs").toList();
    }

    /** The hierarchies, for a view of their own in a cgroup namespace. */
    List<PlanInput.CgroupMount> mounts() {
        Map<String, String> options = new LinkedHashMap<>();
        layout.legacyMounts().forEach((controller, mount) -> options.merge(mount,
                controller.startsWith("name=") ? "none," + controller : controller,
                (first, second) -> first + "," + second));
        List<PlanInput.CgroupMount> mounts = new ArrayList<>();
        options.forEach((mount, names) -> mounts.add(new PlanInput.CgroupMount(
                Path.of(mount).getFileName().toString(), names, false)));
        layout.unifiedMount().ifPresent(mount ->
                mounts.add(new PlanInput.CgroupMount(unifiedName(mount), "", true)));
        return mounts;
    }

    private String unifiedName(String mount) {
        return layout.kind() == CgroupLayout.Kind.UNIFIED ? ""
                : Path.of(mount).getFileName().toString();
    }

    /** The container's own folder in each hierarchy by the hierarchy's name. */
    Map<String, String> ownFolders(CgroupPlace place) {
        Map<String, String> folders = new HashMap<>();
        place.legacyFolders().forEach((controller, folder) -> folders.put(
                Path.of(layout.legacyMounts().get(controller)).getFileName().toString(), folder));
        layout.unifiedMount().ifPresent(mount -> place.unifiedFolder().ifPresent(
                folder -> folders.put(unifiedName(mount), folder)));
        return folders;
    }

    /** Stops every process of the container, or lets them go on, and returns when it is done. */
    static void freeze(CgroupPlace place, boolean stop) throws OciException, IOException {
        Optional<CgroupStep.WriteFile> write =
                stop ? CgroupControl.freeze(place) : CgroupControl.thaw(place);
        if (write.isEmpty()) {
            throw new OciException("the host has neither cgroup v2 nor v1's freezer: nothing can be"
                    + " paused");
        }
        perform(write.get());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (isFrozen(place) != stop) {
            if (System.nanoTime() > deadline) {
                throw new OciException("the kernel has not " + (stop ? "stopped" : "thawed")
                        + " all processes within 10 s; one may be in an uninterruptible call");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    static boolean isFrozen(CgroupPlace place) throws IOException {
        Optional<String> file = CgroupControl.frozenFile(place);
        return file.isPresent() && CgroupControl.isFrozen(read(Path.of(file.get())));
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
        pids.addAll(CgroupControl.processes(read(folder.resolve("cgroup.procs"))));
        for (Path entry : entries(folder)) {
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
            perform(kill.get());
            return;
        }
        for (int pid : processes(place)) {
            signal(pid, signal);
        }
    }

    private static void signal(int pid, int signal) throws IOException {
        int pidfd;
        try {
            pidfd = linux.syscall.Processes.open(pid);
        } catch (linux.syscall.SystemCallException ended) {
            return;
        }
        try {
            linux.syscall.Processes.signal(pidfd, signal);
        } finally {
            linux.syscall.Descriptors.close(pidfd);
        }
    }

    /** Removes the container's cgroups; what still runs in them is killed. */
    void remove(CgroupPlace place) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (String folder : place.folders()) {
            removeTree(Path.of(folder), deadline);
        }
    }

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
                for (int pid : CgroupControl.processes(read(folder.resolve("cgroup.procs")))) {
                    signal(pid, Signal.SIGKILL.number());
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** What the container used so far. */
    static CgroupStatistics statistics(CgroupPlace place) throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (String file : CgroupStatistics.files(place)) {
            if (Files.exists(Path.of(file))) {
                texts.put(file, read(Path.of(file)));
            }
        }
        return CgroupStatistics.of(place, texts);
    }

    private static void perform(CgroupStep step) throws IOException {
        Path path = Path.of(step.path());
        switch (step) {
            case CgroupStep.MakeDirectory(String _, boolean mayExist, String _) -> {
                if (!mayExist || !Files.isDirectory(path)) {
                    Files.createDirectories(path);
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
