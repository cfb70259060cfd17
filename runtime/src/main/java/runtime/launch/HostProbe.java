package runtime.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import runtime.plan.PlanInput;
import runtime.spec.ContainerSpec;
import runtime.spec.Mount;

/** Reads the facts a plan needs from this host. Needs no root. */
public final class HostProbe {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final String CGROUP_ROOT = "/sys/fs/cgroup";

    private HostProbe() {}

    /**
     * The facts that matter to a spec.
     *
     * @throws IOException if /proc is not mounted
     */
    public static PlanInput.HostFacts facts(ContainerSpec spec) throws IOException {
        Set<String> files = new HashSet<>();
        for (Mount mount : spec.mounts()) {
            Optional<String> source = mount.source().filter(path -> mount.isBind());
            if (source.isPresent() && Files.exists(Path.of(source.get()))
                    && !Files.isDirectory(Path.of(source.get()))) {
                files.add(source.get());
            }
        }
        Set<String> hiddenFiles = new HashSet<>();
        Set<String> hiddenFolders = new HashSet<>();
        for (String path : spec.linux().maskedPaths()) {
            if (Files.isDirectory(Path.of(path))) {
                hiddenFolders.add(path);
            } else if (Files.exists(Path.of(path))) {
                hiddenFiles.add(path);
            }
        }
        Set<String> readonly = new HashSet<>();
        for (String path : spec.linux().readonlyPaths()) {
            if (Files.exists(Path.of(path))) {
                readonly.add(path);
            }
        }
        return new PlanInput.HostFacts(cgroupMounts(Files.readAllLines(MOUNTS)), files, hiddenFiles,
                hiddenFolders, readonly);
    }

    /** The hierarchies below {@code /sys/fs/cgroup}; the last mount of a folder counts. */
    static List<PlanInput.CgroupMount> cgroupMounts(List<String> mountInfo) {
        List<PlanInput.CgroupMount> mounts = new ArrayList<>();
        for (String line : mountInfo) {
            String[] halves = line.split(" - ", 2);
            String[] fields = halves[0].split(" ");
            String[] tail = halves.length < 2 ? new String[0] : halves[1].split(" ");
            if (fields.length < 5 || tail.length < 3 || !fields[4].startsWith(CGROUP_ROOT)) {
                continue;
            }
            String folder = fields[4].length() > CGROUP_ROOT.length()
                    ? fields[4].substring(CGROUP_ROOT.length() + 1) : "";
            if (tail[0].equals("cgroup2")) {
                mounts.add(new PlanInput.CgroupMount(folder, "", true));
            } else if (tail[0].equals("cgroup")) {
                mounts.add(new PlanInput.CgroupMount(folder, controllers(tail[2]), false));
            }
        }
        return mounts;
    }

    /** What must be said to mount the same hierarchy again, out of its options. */
    private static String controllers(String options) {
        List<String> kept = new ArrayList<>();
        for (String option : options.split(",")) {
            boolean general = Set.of("rw", "ro", "xattr", "noprefix", "clone_children", "favordynmods")
                    .contains(option) || option.startsWith("release_agent=");
            if (!general) {
                kept.add(option.startsWith("name=") ? "none," + option : option);
            }
        }
        return String.join(",", kept);
    }
}
