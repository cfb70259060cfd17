package runtime.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import linux.proc.CgroupController;
import linux.proc.CgroupMembership;
import linux.proc.MountInfo;

/**
 * Where a host has its control groups ({@code cgroups(7)}): each controller in a hierarchy of its
 * own (v1), all in one (v2), or some here and some there (hybrid).
 *
 * @param legacyMounts       mount point by v1 controller, and {@code name=systemd}
 * @param unifiedMount       mount point of the v2 hierarchy
 * @param unifiedControllers controllers the v2 hierarchy has
 * @param kernelControllers  controllers the kernel was built with and not told to switch off
 * @param ownPaths           this process's cgroup by v1 controller; by the empty name for v2
 * @param knownFiles         names of the files a cgroup below the root has, over all hierarchies;
 *     absent if nobody looked, and then every file is taken to exist
 * @param reach              how much of it this process may use
 */
public record CgroupLayout(
        Map<String, String> legacyMounts,
        Optional<String> unifiedMount,
        Set<String> unifiedControllers,
        Set<String> kernelControllers,
        Map<String, String> ownPaths,
        Optional<Set<String>> knownFiles,
        Reach reach) {

    /** The hierarchy a service manager keeps its services in on v1 hosts. */
    static final String SYSTEMD = "name=systemd";
    private static final String UNIFIED = "";

    /**
     * How much of its host's hierarchies a process may use: all, as root does; the part of the v2 hierarchy that
     * is delegated to it (cgroup-v2.rst, "Delegation"), whose folder is the mount point here; or nothing.
     */
    public enum Reach { HOST, DELEGATED, NONE }

    /** How the host has its hierarchies. */
    public enum Kind { LEGACY, HYBRID, UNIFIED, NONE }

    public CgroupLayout {
        legacyMounts = Collections.unmodifiableMap(new TreeMap<>(legacyMounts));
        unifiedControllers = Set.copyOf(unifiedControllers);
        kernelControllers = Set.copyOf(kernelControllers);
        ownPaths = Map.copyOf(ownPaths);
        knownFiles = knownFiles.map(Set::copyOf);
    }

    /**
     * The layout that these texts show.
     *
     * @param mountInfo          {@code /proc/self/mountinfo}
     * @param ownCgroups         {@code /proc/self/cgroup}
     * @param controllers        {@code /proc/cgroups}
     * @param unifiedControllers {@code cgroup.controllers} at the mount point
     *     {@link #unifiedMountPoint} names; empty if there is none
     */
    public static CgroupLayout parse(
            String mountInfo, String ownCgroups, String controllers, String unifiedControllers) {
        List<CgroupController> known = CgroupController.parse(controllers);
        Set<String> enabled = new LinkedHashSet<>();
        known.stream().filter(CgroupController::enabled).map(CgroupController::name)
                .forEach(enabled::add);
        Map<String, String> legacy = new LinkedHashMap<>();
        for (MountInfo mount : MountInfo.parse(mountInfo)) {
            if (mount.type().equals("cgroup")) {
                for (String option : mount.superOptions()) {
                    if (enabled.contains(option) || option.startsWith("name=")) {
                        legacy.put(option, mount.mountPoint());
                    }
                }
            }
        }
        Map<String, String> own = new HashMap<>();
        for (CgroupMembership membership : CgroupMembership.parse(ownCgroups)) {
            if (membership.isUnified()) {
                own.put(UNIFIED, membership.path());
            }
            membership.controllers().forEach(name -> own.put(name, membership.path()));
        }
        return new CgroupLayout(legacy, unifiedMountPoint(mountInfo), words(unifiedControllers),
                enabled, own, Optional.empty(), Reach.HOST);
    }

    /** Where a {@code mountinfo} text has the v2 hierarchy, if it is mounted. */
    public static Optional<String> unifiedMountPoint(String mountInfo) {
        return MountInfo.parse(mountInfo).stream()
                .filter(mount -> mount.type().equals("cgroup2"))
                .map(MountInfo::mountPoint)
                .reduce((first, last) -> last);
    }

    /**
     * The same with the names of the files in {@link #probeFolders}, so that what the kernel lacks
     * is refused when planning rather than found out when writing.
     */
    public CgroupLayout withFiles(Set<String> names) {
        return new CgroupLayout(legacyMounts, unifiedMount, unifiedControllers, kernelControllers,
                ownPaths, Optional.of(names), reach);
    }

    /** The folders of a cgroup in every hierarchy, whose file names {@link #withFiles} takes. */
    public List<String> probeFolders(String cgroup) {
        Set<String> folders = new LinkedHashSet<>();
        legacyMounts.values().forEach(mount -> folders.add(CgroupPath.below(mount, cgroup)));
        unifiedMount.ifPresent(mount -> folders.add(CgroupPath.below(mount, cgroup)));
        return new ArrayList<>(folders);
    }

    /** This process's cgroup in the v2 hierarchy; empty if it has none. */
    public Optional<String> ownUnifiedPath() {
        return Optional.ofNullable(ownPaths.get(UNIFIED));
    }

    /**
     * What of it an ordinary user has to whom a cgroup is delegated.
     *
     * @param folder      of that cgroup
     * @param controllers those that are switched on below it, as {@code cgroup.subtree_control} lists them
     */
    public CgroupLayout delegated(String folder, String controllers) {
        return new CgroupLayout(Map.of(), Optional.of(folder), words(controllers), kernelControllers,
                ownPaths, Optional.empty(), Reach.DELEGATED);
    }

    /** What of it an ordinary user has to whom no cgroup is delegated. */
    public CgroupLayout undelegated() {
        return new CgroupLayout(Map.of(), Optional.empty(), Set.of(), kernelControllers, ownPaths,
                Optional.empty(), Reach.NONE);
    }

    /** How the host has its hierarchies. */
    public Kind kind() {
        boolean legacy = legacyMounts.keySet().stream().anyMatch(name -> !name.contains("="));
        if (unifiedMount.isEmpty()) {
            return legacy ? Kind.LEGACY : Kind.NONE;
        }
        return legacy ? Kind.HYBRID : Kind.UNIFIED;
    }

    /** Whether a controller can be used, in either hierarchy. */
    public boolean has(String controller) {
        return isLegacy(controller) || isUnified(controller);
    }

    /** Whether the controller has a v1 hierarchy. */
    public boolean isLegacy(String controller) {
        return legacyMounts.containsKey(controller);
    }

    /** Whether the controller is in the v2 hierarchy; {@code blkio} is called {@code io} there. */
    public boolean isUnified(String controller) {
        return !isLegacy(controller) && unifiedControllers.contains(unifiedName(controller));
    }

    /**
     * Whether a cgroup below the root has the file, as far as anybody looked: a controller of which
     * no file was seen is one that v2 shows only once it is switched on.
     */
    public boolean mayHave(String file) {
        String prefix = file.substring(0, file.indexOf('.') + 1);
        return knownFiles.map(names -> names.contains(file)
                || names.stream().noneMatch(name -> name.startsWith(prefix))).orElse(true);
    }

    /** Whether this process is in a service's cgroup of systemd's v1 hierarchy. */
    boolean isService() {
        return legacyMounts.containsKey(SYSTEMD)
                && !ownPaths.getOrDefault(SYSTEMD, "/").equals("/");
    }

    /** Why a controller cannot be used, and what to do. */
    String missing(String controller) {
        switch (reach) {
            case NONE -> {
                return "no cgroup is delegated to this ordinary user's agent: leave the limit out, or use the"
                        + " agent of root (sudo jctl), or, where systemd has cgroup v2, start this one with"
                        + " `systemd-run --user --scope -p Delegate=yes jctl agent`";
            }
            case DELEGATED -> {
                return "the " + unifiedName(controller) + " controller is not delegated to this ordinary"
                        + " user's agent (" + unifiedMount.orElseThrow() + "/cgroup.subtree_control): leave"
                        + " the limit out, have the controller delegated, and the agent alone in the cgroup";
            }
            case HOST -> { }
        }
        if (!kernelControllers.contains(controller)) {
            return "the kernel has no " + controller + " controller, or was told to switch it off"
                    + " (cgroup_disable=, see /proc/cgroups)";
        }
        return "the " + controller + " controller is not mounted: mount -t cgroup -o " + controller
                + " " + controller + " /sys/fs/cgroup/" + controller;
    }

    static String unifiedName(String controller) {
        return controller.equals("blkio") ? "io" : controller;
    }

    private static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>(List.of(text.strip().split("\\s+")));
        words.remove("");
        return words;
    }
}
