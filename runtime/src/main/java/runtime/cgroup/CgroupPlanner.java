package runtime.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import runtime.cgroup.CgroupStep.CopyIfEmpty;
import runtime.cgroup.CgroupStep.MakeDirectory;
import runtime.cgroup.CgroupStep.WriteFile;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Memory;

/** Turns limits into what has to be made, written and joined on a host of a given layout. */
public final class CgroupPlanner {
    /** Joined by every container, for its counters, and so that limits can be set later. */
    private static final List<String> ALWAYS = List.of("memory", "pids", "cpu", "cpuacct");
    /**
     * Joined only by containers with such a limit: each v1 hierarchy costs a start some 100 µs for
     * making the folder, joining it and removing it. So does devices, for containers with rules.
     */
    private static final List<String> ON_DEMAND = List.of("cpuset", "blkio", "hugetlb");
    /** Switched on below the parent of all containers; the others when one first asks. */
    private static final List<String> UNIFIED_ALWAYS = List.of("cpu", "memory", "pids");

    private CgroupPlanner() {}

    /**
     * Prepares the cgroup that containers lie below: once, when the daemon starts; doing it again
     * does no harm.
     *
     * @param parent path below each hierarchy's root, for example {@code /jctl}
     * @throws IllegalArgumentException if the parent is not a cgroup's path
     */
    public static List<CgroupStep> parent(CgroupLayout layout, String parent) {
        List<CgroupStep> steps = new ArrayList<>();
        for (Map.Entry<String, String> mount : legacyMounts(layout).entrySet()) {
            for (String cgroup : prefixes(parent)) {
                String folder = CgroupPath.below(mount.getValue(), cgroup);
                steps.add(new MakeDirectory(folder, true, "parent of the containers"));
                if (mount.getKey().equals("cpuset")) {
                    steps.addAll(inheritCpuset(folder));
                }
            }
        }
        layout.unifiedMount().ifPresent(mount -> {
            for (String cgroup : prefixes(parent)) {
                steps.add(new MakeDirectory(
                        CgroupPath.below(mount, cgroup), true, "parent of the containers"));
            }
            UNIFIED_ALWAYS.stream().filter(layout::isUnified).forEach(controller ->
                    steps.addAll(enable(mount, parent, controller)));
        });
        return steps;
    }

    private static Map<String, String> legacyMounts(CgroupLayout layout) {
        Map<String, String> mounts = new LinkedHashMap<>();
        Set<String> seen = new TreeSet<>();
        // cpuset first, so that a mount it shares is known by its name
        for (String controller : List.of("cpuset", "memory", "pids", "cpu", "cpuacct", "devices",
                "freezer", "blkio", "hugetlb", CgroupLayout.SYSTEMD)) {
            String mount = layout.legacyMounts().get(controller);
            if (mount != null && seen.add(mount)) {
                mounts.put(controller, mount);
            }
        }
        return mounts;
    }

    /** A v1 cpuset without processors or memory nodes takes no task. */
    private static List<CgroupStep> inheritCpuset(String folder) {
        String above = folder.substring(0, folder.lastIndexOf('/'));
        return List.of(
                new CopyIfEmpty(above + "/cpuset.cpus", folder + "/cpuset.cpus",
                        "a new cpuset has no processors"),
                new CopyIfEmpty(above + "/cpuset.mems", folder + "/cpuset.mems",
                        "a new cpuset has no memory nodes"),
                new WriteFile(folder + "/cgroup.clone_children", "1", false,
                        "cpusets below begin with these processors and nodes"));
    }

    private static List<CgroupStep> enable(String mount, String parent, String controller) {
        List<CgroupStep> steps = new ArrayList<>();
        String name = CgroupLayout.unifiedName(controller);
        List<String> levels = new ArrayList<>(List.of(""));
        levels.addAll(prefixes(parent));
        for (String cgroup : levels) {
            steps.add(new WriteFile(
                    CgroupPath.below(mount, cgroup) + "/cgroup.subtree_control", "+" + name, false,
                    "lets the groups below use " + name));
        }
        return steps;
    }

    /** {@code /a/b} as {@code /a} and {@code /a/b}. */
    private static List<String> prefixes(String cgroup) {
        List<String> prefixes = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        for (String part : CgroupPath.parts(cgroup)) {
            prefixes.add(path.append('/').append(part).toString());
        }
        return prefixes;
    }

    /**
     * Plans one container's cgroup.
     *
     * @param parent    prepared by {@link #parent}
     * @param name      of the new cgroup, one name without a slash
     * @param resources limits; no device rule, or one that allows all, leaves devices alone;
     *     otherwise {@link DeviceRules#standard()} should come first
     * @throws IllegalArgumentException if parent or name is not a cgroup's path
     */
    public static CgroupPlan plan(
            CgroupLayout layout, String parent, String name, Resources resources) {
        return plan(layout, parent, name, resources, Set.of());
    }

    /**
     * The same, joining the hierarchies of more controllers than have a limit, as far as the host has
     * them: for callers that read the container's counters there, or set limits later. On a hybrid host
     * only v1's: what is turned on in its v2 hierarchy is on for everybody, and crun 1.8 refuses a host
     * where anything is.
     */
    public static CgroupPlan plan(CgroupLayout layout, String parent, String name,
            Resources resources, Set<String> joined) {
        String cgroup = cgroup(parent, name);
        Set<String> needed = needed(resources);
        List<String> refusals = new ArrayList<>();
        needed.stream().filter(controller -> !layout.has(controller)).forEach(controller ->
                refusals.add("the " + controller + " limit cannot be honoured: "
                        + layout.missing(controller)));
        // An ordinary user's container has the devices bound into its /dev, and can make no others; he may
        // attach no program to a cgroup either.
        boolean deviceRules = layout.reach() == CgroupLayout.Reach.HOST
                && !resources.devices().stream().allMatch(DeviceRules::allowsAll);
        if (deviceRules) {
            needed.add("devices");
        }
        Set<String> all = new LinkedHashSet<>(needed);
        joined.stream().filter(controller -> layout.isLegacy(controller)
                || layout.kind() == CgroupLayout.Kind.UNIFIED && layout.has(controller))
                .forEach(all::add);
        CgroupPlace place = place(layout, cgroup, all);
        if (deviceRules && !place.legacyFolders().containsKey("devices")
                && place.unifiedFolder().isEmpty()) {
            refusals.add("device rules cannot be honoured: " + layout.missing("devices"));
        }
        LimitWrites writes = new LimitWrites(layout, place);
        limits(layout, place, resources, Memory.none(), writes);
        refusals.addAll(writes.refusals());
        List<CgroupStep> steps = new ArrayList<>();
        place.folders().forEach(folder ->
                steps.add(new MakeDirectory(folder, false, "this container's group")));
        String cpuset = place.legacyFolders().get("cpuset");
        if (cpuset != null && CgroupPath.parts(parent).isEmpty()) {
            // The root hands no processors down by itself.
            steps.addAll(inheritCpuset(cpuset));
        }
        ON_DEMAND.stream()
                .filter(controller -> all.contains(controller) && layout.isUnified(controller))
                .forEach(controller -> steps.addAll(
                        enable(layout.unifiedMount().orElseThrow(), parent, controller)));
        steps.addAll(writes.steps());
        boolean program = deviceRules && !place.legacyFolders().containsKey("devices");
        return new CgroupPlan(place, steps, joins(place), place.unifiedFolder(),
                program ? Optional.of(DeviceProgram.of(resources.devices())) : Optional.empty(),
                refusals);
    }

    /**
     * Where the cgroup of a container without limits lies, which is where any container's counters are.
     *
     * @throws IllegalArgumentException if parent is not a cgroup's path, or name not one name
     */
    public static CgroupPlace place(CgroupLayout layout, String parent, String name) {
        return place(layout, cgroup(parent, name), Set.of());
    }

    private static String cgroup(String parent, String name) {
        if (CgroupPath.parts(name).size() != 1) {
            throw new IllegalArgumentException("\"" + name + "\" is not one cgroup's name");
        }
        return String.join("/", CgroupPath.parts(parent)) + "/" + name;
    }

    /**
     * Changes the limits of a container that runs: the writes alone, in an order in which no limit
     * crosses another.
     *
     * @param current what is in force
     * @param wanted  only what changes
     * @return a plan without folders and joins; device rules cannot change and are refused
     */
    public static CgroupPlan update(
            CgroupLayout layout, CgroupPlace place, Resources current, Resources wanted) {
        List<String> refusals = new ArrayList<>();
        for (String controller : needed(wanted)) {
            boolean joined = place.legacyFolders().containsKey(controller)
                    || place.unifiedControllers().contains(CgroupLayout.unifiedName(controller));
            if (!joined) {
                refusals.add("the " + controller + " limit cannot be honoured: "
                        + (layout.has(controller)
                                ? "the container was started without one; start it anew"
                                : layout.missing(controller)));
            }
        }
        if (!wanted.devices().isEmpty()) {
            refusals.add("device rules cannot be changed while the container runs");
        }
        LimitWrites writes = new LimitWrites(layout, place);
        Resources withoutDevices = new Resources(List.of(), wanted.memory(), wanted.cpu(),
                wanted.pids(), wanted.blockIo(), wanted.hugepageLimits(), wanted.unified());
        limits(layout, place, withoutDevices, current.memory(), writes);
        refusals.addAll(writes.refusals());
        return new CgroupPlan(place, writes.steps(), List.of(), Optional.empty(),
                Optional.empty(), refusals);
    }

    /** The controllers that limits ask for. */
    private static Set<String> needed(Resources resources) {
        Set<String> needed = new LinkedHashSet<>();
        if (!resources.memory().equals(Memory.none())) {
            needed.add("memory");
        }
        Resources.Cpu cpu = resources.cpu();
        if (cpu.cpus().isPresent() || cpu.mems().isPresent()) {
            needed.add("cpuset");
        }
        boolean time = cpu.shares().isPresent() || cpu.quotaMicros().isPresent()
                || cpu.periodMicros().isPresent() || cpu.burstMicros().isPresent()
                || cpu.realtimePeriodMicros().isPresent()
                || cpu.realtimeRuntimeMicros().isPresent() || cpu.idle().isPresent();
        if (time) {
            needed.add("cpu");
        }
        if (resources.pids().isPresent() && resources.pids().getAsLong() > 0) {
            needed.add("pids");
        }
        if (!resources.blockIo().equals(BlockIo.none())) {
            needed.add("blkio");
        }
        if (!resources.hugepageLimits().isEmpty()) {
            needed.add("hugetlb");
        }
        return needed;
    }

    private static CgroupPlace place(CgroupLayout layout, String cgroup, Set<String> needed) {
        Set<String> wanted = new LinkedHashSet<>(ALWAYS);
        wanted.addAll(needed);
        // The v2 hierarchy freezes and kills in one write, and shows pressure; v1's freezer is for
        // hosts without it.
        if (layout.unifiedMount().isEmpty()) {
            wanted.add("freezer");
        }
        // In its own service's group the container would be killed when the service restarts.
        if (layout.isService()) {
            wanted.add(CgroupLayout.SYSTEMD);
        }
        Map<String, String> legacy = new LinkedHashMap<>();
        Set<String> unified = new LinkedHashSet<>();
        for (String controller : wanted) {
            if (layout.isLegacy(controller)) {
                legacy.put(controller,
                        CgroupPath.below(layout.legacyMounts().get(controller), cgroup));
            } else if (layout.isUnified(controller)) {
                unified.add(CgroupLayout.unifiedName(controller));
            }
        }
        return new CgroupPlace(legacy,
                layout.unifiedMount().map(mount -> CgroupPath.below(mount, cgroup)), unified);
    }

    private static void limits(
            CgroupLayout layout,
            CgroupPlace place,
            Resources resources,
            Memory currentMemory,
            LimitWrites writes) {
        LegacyLimits legacy = new LegacyLimits(writes);
        UnifiedLimits unified = new UnifiedLimits(writes);
        choose(place, "cpuset",
                () -> legacy.cpuset(resources.cpu()), () -> unified.cpuset(resources.cpu()));
        choose(place, "memory", () -> legacy.memory(resources.memory(), currentMemory),
                () -> unified.memory(resources.memory()));
        choose(place, "cpu",
                () -> legacy.cpu(resources.cpu()), () -> unified.cpu(resources.cpu()));
        choose(place, "pids", () -> legacy.pids(resources), () -> unified.pids(resources));
        choose(place, "blkio", () -> legacy.blockIo(resources.blockIo()),
                () -> unified.blockIo(resources.blockIo()));
        choose(place, "hugetlb", () -> legacy.hugepages(resources.hugepageLimits()),
                () -> unified.hugepages(resources.hugepageLimits()));
        choose(place, "devices", () -> legacy.devices(resources.devices()), () -> { });
        unified.files(resources.unified());
    }

    private static void choose(
            CgroupPlace place, String controller, Runnable legacy, Runnable unified) {
        if (place.legacyFolders().containsKey(controller)) {
            legacy.run();
        } else if (place.unifiedControllers().contains(CgroupLayout.unifiedName(controller))) {
            unified.run();
        }
    }

    private static List<WriteFile> joins(CgroupPlace place) {
        return place.folders().stream()
                .map(folder -> new WriteFile(folder + "/cgroup.procs", CgroupPlan.SELF, false,
                        "the container's first process joins its group"))
                .toList();
    }
}
