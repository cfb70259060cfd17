package runtime.cgroupfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlan;
import runtime.cgroup.CgroupStep;
import runtime.cgroup.DeviceProgram;
import runtime.plan.PlanInput;

/** Files and folders of the cgroup file system. */
public final class CgroupFiles {
    private static final long PATIENCE_SECONDS = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private CgroupFiles() {}

    /** The host's hierarchies as they are mounted now. */
    public static CgroupLayout layout() throws IOException {
        String mounts = read(Path.of("/proc/self/mountinfo"));
        Optional<String> unified = CgroupLayout.unifiedMountPoint(mounts);
        return CgroupLayout.parse(mounts, read(Path.of("/proc/self/cgroup")),
                read(Path.of("/proc/cgroups")), unified.isEmpty() ? ""
                        : read(Path.of(unified.get(), "cgroup.controllers")));
    }

    /**
     * Does one step.
     *
     * @throws IOException if it failed, naming path, value and reason; not if the step is optional
     */
    public static void perform(CgroupStep step) throws IOException {
        Path path = Path.of(step.path());
        switch (step) {
            case CgroupStep.MakeDirectory(String _, boolean mayExist, String _) -> {
                if (mayExist) {
                    // Also if another process makes it now.
                    Files.createDirectories(path);
                } else {
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

    /** The text of a file, which has no length to go by; empty if there is none, also if it goes meanwhile. */
    public static String read(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException failure) {
            // Reading a file of a cgroup that was removed since it was opened fails with ENODEV.
            if (Files.notExists(file)) {
                return "";
            }
            throw failure;
        }
    }

    /** What is in a folder; nothing if there is none, also if it goes meanwhile. */
    public static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException none) {
            return entries;
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        return entries;
    }

    /**
     * The plan of a cgroup as steps of a launch.
     *
     * @param joins the {@code cgroup.procs} files the process writes itself into
     */
    public static PlanInput.CgroupSetup setup(CgroupPlan plan, List<String> joins)
            throws IOException {
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
        return new PlanInput.CgroupSetup(folders, writes, joins, plan.cloneInto(),
                plan.deviceProgram().map(DeviceProgram::toBytes));
    }

    /** The hierarchies as a container's own view of /sys/fs/cgroup needs them. */
    public static List<PlanInput.CgroupMount> mounts(CgroupLayout layout) {
        Map<String, String> options = new LinkedHashMap<>();
        layout.legacyMounts().forEach((controller, mount) -> options.merge(mount,
                controller.startsWith("name=") ? "none," + controller : controller,
                (first, second) -> first + "," + second));
        List<PlanInput.CgroupMount> mounts = new ArrayList<>();
        options.forEach((mount, names) -> mounts.add(new PlanInput.CgroupMount(
                Path.of(mount).getFileName().toString(), names, false)));
        layout.unifiedMount().ifPresent(mount ->
                mounts.add(new PlanInput.CgroupMount(unifiedName(layout, mount), "", true)));
        return mounts;
    }

    /** What the v2 hierarchy is called below /sys/fs/cgroup; empty where it is that itself. */
    public static String unifiedName(CgroupLayout layout, String mount) {
        return layout.kind() == CgroupLayout.Kind.UNIFIED ? ""
                : Path.of(mount).getFileName().toString();
    }

    /**
     * Stops every process where it is; returns when all have stopped.
     *
     * @return false if the host has neither v2 nor v1's freezer
     * @throws IOException if one does not stop; they all go on then
     */
    public static boolean freeze(CgroupPlace place) throws IOException {
        Optional<CgroupStep.WriteFile> freeze = CgroupControl.freeze(place);
        if (freeze.isEmpty()) {
            return false;
        }
        perform(freeze.get());
        if (!becomes(true, place)) {
            thaw(place);
            throw new IOException("the processes of " + place.folders().getFirst()
                    + " did not stop in " + PATIENCE_SECONDS
                    + " s: one waits for a device or a file server; they go on");
        }
        return true;
    }

    /** Lets them go on; returns when they do. */
    public static void thaw(CgroupPlace place) throws IOException {
        Optional<CgroupStep.WriteFile> thaw = CgroupControl.thaw(place);
        if (thaw.isPresent()) {
            perform(thaw.get());
            becomes(false, place);
        }
    }

    private static boolean becomes(boolean frozen, CgroupPlace place) throws IOException {
        long end = deadline();
        while (isFrozen(place) != frozen) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** Whether all stand still. */
    public static boolean isFrozen(CgroupPlace place) throws IOException {
        Optional<String> file = CgroupControl.frozenFile(place);
        return file.isPresent() && CgroupControl.isFrozen(read(Path.of(file.get())));
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    }

    /**
     * Removes a folder and the groups a container made within it; what still runs in them is killed. Several may do
     * it at once: the one that notices a container's end and the one that looks for what belongs to none.
     */
    public static void remove(Path folder) throws IOException {
        remove(folder, deadline());
    }

    private static void remove(Path folder, long deadlineNanos) throws IOException {
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                remove(entry, deadlineNanos);
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

    /** Sends a signal to a process, by a pidfd; nothing happens if it has ended. */
    public static void signal(int pid, int signal) throws IOException {
        int pidfd;
        try {
            pidfd = Processes.open(pid);
        } catch (SystemCallException ended) {
            return;
        }
        try {
            Processes.signal(pidfd, signal);
        } finally {
            Descriptors.close(pidfd);
        }
    }
}
