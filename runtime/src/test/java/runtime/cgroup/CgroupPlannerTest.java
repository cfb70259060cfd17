package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.HugepageLimit;
import runtime.spec.Resources.Memory;

class CgroupPlannerTest {
    private static final String CONTROLLERS = """
            #subsys_name\thierarchy\tnum_cgroups\tenabled
            cpuset\t1\t1\t1
            cpu\t1\t1\t1
            cpuacct\t1\t1\t1
            blkio\t1\t1\t1
            memory\t1\t1\t1
            devices\t1\t1\t1
            freezer\t1\t1\t1
            hugetlb\t0\t1\t1
            pids\t1\t1\t1
            """;
    private static final String LEGACY_MOUNTS = """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
            35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            36 31 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices
            37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer
            38 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
            39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
            """;
    private static final String UNIFIED_MOUNT =
            "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n";

    private static final CgroupLayout LEGACY =
            CgroupLayout.parse(LEGACY_MOUNTS, "4:memory:/x\n1:name=systemd:/\n", CONTROLLERS, "");
    private static final CgroupLayout HYBRID = CgroupLayout.parse(LEGACY_MOUNTS + UNIFIED_MOUNT,
            "1:name=systemd:/system.slice/jctl.service\n0::/\n", CONTROLLERS, "hugetlb\n");
    private static final CgroupLayout UNIFIED = CgroupLayout.parse(
            "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/init.scope\n",
            CONTROLLERS, "cpuset cpu io memory hugetlb pids\n");

    private static final Resources LIMITED = new Resources(
            List.of(),
            new Memory(OptionalLong.of(100 << 20), OptionalLong.of(50 << 20),
                    OptionalLong.of(150 << 20), OptionalLong.empty(), OptionalLong.empty(),
                    OptionalInt.empty(), false),
            Cpu.limited(OptionalLong.of(1024), OptionalLong.of(150_000), OptionalLong.of(100_000),
                    Optional.of("0-1"), Optional.of("0")),
            OptionalLong.of(64),
            new BlockIo(OptionalInt.of(500), OptionalInt.empty(), List.of(),
                    List.of(new DeviceRate(8, 0, 1000)), List.of(new DeviceRate(8, 0, 2000)),
                    List.of(), List.of(new DeviceRate(8, 16, 30))),
            List.of(new HugepageLimit("2MB", 4 << 20)),
            Map.of());

    /** Folders as {@code mkdir PATH}, writes as {@code PATH = VALUE}, below the mount points. */
    private static List<String> lines(List<CgroupStep> steps) {
        List<String> lines = new ArrayList<>();
        for (CgroupStep step : steps) {
            String path = step.path().replace("/sys/fs/cgroup/", "");
            lines.add(switch (step) {
                case CgroupStep.MakeDirectory directory -> "mkdir " + path;
                case CgroupStep.WriteFile write -> path + " = " + write.value();
                case CgroupStep.CopyIfEmpty copy -> path + " = ? "
                        + copy.from().replace("/sys/fs/cgroup/", "");
            });
            assertFalse(step.reason().isBlank());
        }
        return lines;
    }

    private static List<String> joins(CgroupPlan plan) {
        return plan.joins().stream()
                .map(join -> join.path().replace("/sys/fs/cgroup/", "")).toList();
    }

    @Test
    void recognisesLayouts() {
        assertEquals(CgroupLayout.Kind.LEGACY, LEGACY.kind());
        assertEquals(CgroupLayout.Kind.HYBRID, HYBRID.kind());
        assertEquals(CgroupLayout.Kind.UNIFIED, UNIFIED.kind());
        assertEquals(CgroupLayout.Kind.NONE, CgroupLayout.parse("", "", "", "").kind());
        assertTrue(HYBRID.isUnified("hugetlb") && HYBRID.isLegacy("memory"));
        assertTrue(UNIFIED.isUnified("blkio"));
        assertFalse(LEGACY.has("hugetlb"));
        assertEquals("/sys/fs/cgroup/unified", HYBRID.unifiedMount().orElseThrow());
        assertEquals(9, HYBRID.probeFolders("/jctl").size());
        CgroupLayout looked = UNIFIED.withFiles(Set.of("memory.max", "cgroup.procs"));
        assertTrue(looked.mayHave("io.max"), "not switched on yet");
        assertFalse(looked.mayHave("memory.swap.max"));
        assertFalse(looked.mayHave("cgroup.kill"));
    }

    @Test
    void legacyHostsGetOneFolderPerHierarchyAndOnlyThoseNeeded() {
        CgroupPlan plan = CgroupPlanner.plan(LEGACY, "/jctl", "c1", Resources.none());
        assertEquals(List.of(), plan.refusals());
        assertEquals(List.of("mkdir cpu,cpuacct/jctl/c1", "mkdir freezer/jctl/c1",
                "mkdir memory/jctl/c1", "mkdir pids/jctl/c1"),
                lines(plan.steps()));
        assertEquals(List.of("cpu,cpuacct/jctl/c1/cgroup.procs", "freezer/jctl/c1/cgroup.procs",
                "memory/jctl/c1/cgroup.procs", "pids/jctl/c1/cgroup.procs"), joins(plan));
        assertEquals(Optional.empty(), plan.cloneInto());
        assertEquals(plan.place().folders(), plan.removals());
    }

    @Test
    void legacyWritesComeInAnOrderTheKernelTakes() {
        Resources withoutHugepages = new Resources(LIMITED.devices(), LIMITED.memory(),
                LIMITED.cpu(), LIMITED.pids(), LIMITED.blockIo(), List.of(), Map.of());
        CgroupPlan plan = CgroupPlanner.plan(
                LEGACY.withFiles(Set.of("blkio.bfq.weight", "cpuset.cpus", "cpuset.mems",
                        "memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
                        "memory.soft_limit_in_bytes", "cpu.shares", "cpu.cfs_period_us",
                        "cpu.cfs_quota_us", "pids.max", "blkio.throttle.read_bps_device",
                        "blkio.throttle.write_bps_device", "blkio.throttle.write_iops_device")),
                "/jctl", "c1", withoutHugepages);
        assertEquals(List.of(), plan.refusals());
        assertEquals(List.of(
                "cpuset/jctl/c1/cpuset.cpus = 0-1",
                "cpuset/jctl/c1/cpuset.mems = 0",
                "memory/jctl/c1/memory.limit_in_bytes = 104857600",
                "memory/jctl/c1/memory.memsw.limit_in_bytes = 157286400",
                "memory/jctl/c1/memory.soft_limit_in_bytes = 52428800",
                "cpu,cpuacct/jctl/c1/cpu.shares = 1024",
                "cpu,cpuacct/jctl/c1/cpu.cfs_period_us = 100000",
                "cpu,cpuacct/jctl/c1/cpu.cfs_quota_us = 150000",
                "pids/jctl/c1/pids.max = 64",
                "blkio/jctl/c1/blkio.bfq.weight = 500",
                "blkio/jctl/c1/blkio.throttle.read_bps_device = 8:0 1000",
                "blkio/jctl/c1/blkio.throttle.write_bps_device = 8:0 2000",
                "blkio/jctl/c1/blkio.throttle.write_iops_device = 8:16 30"),
                lines(plan.steps()).stream().filter(line -> line.contains("=")).toList());
        assertTrue(joins(plan).contains("cpuset/jctl/c1/cgroup.procs"));
    }

    @Test
    void hybridHostsUseTheUnifiedFolderForFreezingKillingAndWhatOnlyItHas() {
        Resources hugepages = new Resources(List.of(), Memory.none(), Cpu.none(),
                OptionalLong.empty(), BlockIo.none(), LIMITED.hugepageLimits(), Map.of());
        CgroupPlan plan = CgroupPlanner.plan(HYBRID, "/jctl/a", "c1", hugepages);
        assertEquals(List.of(), plan.refusals());
        List<String> lines = lines(plan.steps());
        assertFalse(lines.contains("mkdir freezer/jctl/a/c1"));
        assertTrue(lines.contains("mkdir systemd/jctl/a/c1"), "leaves the service's group");
        assertEquals(List.of("mkdir unified/jctl/a/c1",
                "unified/cgroup.subtree_control = +hugetlb",
                "unified/jctl/cgroup.subtree_control = +hugetlb",
                "unified/jctl/a/cgroup.subtree_control = +hugetlb",
                "unified/jctl/a/c1/hugetlb.2MB.max = 4194304"),
                lines.subList(lines.indexOf("mkdir unified/jctl/a/c1"), lines.size()));
        assertEquals("/sys/fs/cgroup/unified/jctl/a/c1", plan.cloneInto().orElseThrow());
        assertEquals(plan.joins().size() - 1, plan.legacyJoinFiles().size());
        assertEquals(plan.steps().size(), plan.directories().size() + plan.writes().size());
        assertEquals("unified/jctl/a/c1/cgroup.procs", joins(plan).getLast());
        assertTrue(CgroupControl.freeze(plan.place()).orElseThrow().path()
                .endsWith("unified/jctl/a/c1/cgroup.freeze"));
    }

    @Test
    void unifiedHostsTranslateEveryLimit() {
        Resources resources = new Resources(DeviceRules.standard(), LIMITED.memory(),
                LIMITED.cpu(), LIMITED.pids(), LIMITED.blockIo(), LIMITED.hugepageLimits(),
                Map.of("memory.high", "90000000"));
        CgroupPlan plan = CgroupPlanner.plan(UNIFIED, "/jctl", "c1", resources);
        assertEquals(List.of(), plan.refusals());
        assertEquals(List.of(
                "mkdir jctl/c1",
                "cgroup.subtree_control = +cpuset", "jctl/cgroup.subtree_control = +cpuset",
                "cgroup.subtree_control = +io", "jctl/cgroup.subtree_control = +io",
                "cgroup.subtree_control = +hugetlb", "jctl/cgroup.subtree_control = +hugetlb",
                "jctl/c1/cpuset.cpus = 0-1",
                "jctl/c1/cpuset.mems = 0",
                "jctl/c1/memory.max = 104857600",
                "jctl/c1/memory.swap.max = 52428800",
                "jctl/c1/memory.low = 52428800",
                "jctl/c1/cpu.weight = 100",
                "jctl/c1/cpu.max = 150000 100000",
                "jctl/c1/pids.max = 64",
                "jctl/c1/io.weight = default 4950",
                "jctl/c1/io.max = 8:0 rbps=1000 wbps=2000",
                "jctl/c1/io.max = 8:16 wiops=30",
                "jctl/c1/hugetlb.2MB.max = 4194304",
                "jctl/c1/memory.high = 90000000"), lines(plan.steps()));
        assertTrue(plan.deviceProgram().isPresent());
        assertEquals(List.of("jctl/c1/cgroup.procs"), joins(plan));
    }

    @Test
    void theParentIsPreparedPerLayout() {
        List<String> legacy = lines(CgroupPlanner.parent(LEGACY, "/jctl"));
        assertEquals(List.of("mkdir cpuset/jctl",
                "cpuset/jctl/cpuset.cpus = ? cpuset/cpuset.cpus",
                "cpuset/jctl/cpuset.mems = ? cpuset/cpuset.mems",
                "cpuset/jctl/cgroup.clone_children = 1"), legacy.subList(0, 4));
        assertTrue(legacy.contains("mkdir cpu,cpuacct/jctl"));
        assertEquals(List.of("mkdir jctl", "cgroup.subtree_control = +cpu",
                "jctl/cgroup.subtree_control = +cpu", "cgroup.subtree_control = +memory",
                "jctl/cgroup.subtree_control = +memory", "cgroup.subtree_control = +pids",
                "jctl/cgroup.subtree_control = +pids"),
                lines(CgroupPlanner.parent(UNIFIED, "/jctl")));
    }

    @Test
    void refusesWhatTheHostCannotHonourAndSaysWhy() {
        CgroupPlan plan = CgroupPlanner.plan(LEGACY.withFiles(Set.of("memory.limit_in_bytes",
                        "memory.soft_limit_in_bytes", "cpu.shares", "pids.max", "cpuset.cpus",
                        "cpuset.mems", "blkio.throttle.read_bps_device",
                        "blkio.throttle.write_bps_device", "blkio.throttle.write_iops_device")),
                "/jctl", "c1", LIMITED);
        assertEquals(List.of(
                "the hugetlb limit cannot be honoured: the hugetlb controller is not mounted: mount"
                        + " -t cgroup -o hugetlb hugetlb /sys/fs/cgroup/hugetlb",
                "limit of memory and swap cannot be honoured: this kernel has no"
                        + " memory.memsw.limit_in_bytes (swap accounting is off: boot with"
                        + " swapaccount=1, or build with CONFIG_SWAP)",
                "period of processor time cannot be honoured: this kernel has no"
                        + " cpu.cfs_period_us",
                "processor time per period cannot be honoured: this kernel has no cpu.cfs_quota_us",
                "share of disk time cannot be honoured: this kernel has no blkio.weight (weights"
                        + " need the BFQ scheduler or the io cost controller)"),
                plan.refusals());
        Resources odd = new Resources(DeviceRules.standard(),
                new Memory(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(5),
                        OptionalLong.of(1), OptionalLong.empty(), OptionalInt.of(3), true),
                Cpu.none(), OptionalLong.empty(), BlockIo.none(), List.of(),
                Map.of("../x", "1", "cgroup.procs", "1", "misc.max", "1", "memory.max/x", "2"));
        assertEquals(8, CgroupPlanner.plan(UNIFIED, "/jctl", "c1", odd).refusals().size());
        assertFalse(CgroupPlanner.plan(CgroupLayout.parse("", "", "", ""), "/jctl", "c1", odd)
                .refusals().isEmpty());
    }

    @Test
    void pathsCannotLeadAnywhereElse() {
        for (String name : List.of("..", ".", "a/b", "", "a\nb", "/", "x".repeat(300))) {
            assertThrows(IllegalArgumentException.class, () ->
                    CgroupPlanner.plan(LEGACY, "/jctl", name, Resources.none()), name);
        }
        for (String parent : List.of("/../x", "a//b", "/a/./b", "/a/")) {
            assertThrows(IllegalArgumentException.class, () ->
                    CgroupPlanner.parent(LEGACY, parent), parent);
        }
    }

    @Test
    void anUpdateThatGrowsRaisesSwapFirst() {
        CgroupPlace place = CgroupPlanner.plan(LEGACY, "/jctl", "c1", Resources.none()).place();
        CgroupPlan plan = CgroupPlanner.update(LEGACY, place, memory(10 << 20, 20 << 20),
                memory(30 << 20, 60 << 20));
        assertEquals(List.of("memory/jctl/c1/memory.memsw.limit_in_bytes = 62914560",
                "memory/jctl/c1/memory.limit_in_bytes = 31457280"), lines(plan.steps()));
        plan = CgroupPlanner.update(LEGACY, place, memory(30 << 20, 60 << 20),
                memory(10 << 20, 20 << 20));
        assertEquals(List.of("memory/jctl/c1/memory.limit_in_bytes = 10485760",
                "memory/jctl/c1/memory.memsw.limit_in_bytes = 20971520"), lines(plan.steps()));
        plan = CgroupPlanner.update(LEGACY, place, Resources.none(), LIMITED);
        assertTrue(plan.refusals().contains("the cpuset limit cannot be honoured: the container"
                + " was started without one; start it anew"), plan.refusals().toString());
    }

    private static Resources memory(long limit, long swap) {
        return new Resources(List.of(),
                Memory.limited(OptionalLong.of(limit), OptionalLong.empty(), OptionalLong.of(swap)),
                Cpu.none(), OptionalLong.empty(), BlockIo.none(), List.of(), Map.of());
    }

    @Test
    void deviceRulesBecomeLinesOnLegacyHosts() {
        Resources resources = new Resources(DeviceRules.standard(), Memory.none(), Cpu.none(),
                OptionalLong.empty(), BlockIo.none(), List.of(), Map.of());
        CgroupPlan plan = CgroupPlanner.plan(LEGACY, "/jctl", "c1", resources);
        List<String> lines = lines(plan.steps()).stream()
                .filter(line -> line.contains("devices.")).toList();
        assertEquals("devices/jctl/c1/devices.deny = a", lines.getFirst());
        assertEquals("devices/jctl/c1/devices.allow = c *:* m", lines.get(1));
        assertTrue(lines.contains("devices/jctl/c1/devices.allow = c 136:* rwm"));
        assertEquals(Optional.empty(), plan.deviceProgram());
    }

    @Test
    void aRuleThatAllowsAllNeedsNothing() {
        Resources privileged = new Resources(
                List.of(new Resources.DeviceRule(true, "a", OptionalLong.empty(),
                        OptionalLong.empty(), "rwm")),
                Memory.none(), Cpu.none(), OptionalLong.empty(), BlockIo.none(), List.of(),
                Map.of());
        assertFalse(CgroupPlanner.plan(LEGACY, "/jctl", "c1", privileged).place()
                .legacyFolders().containsKey("devices"));
        assertEquals(Optional.empty(),
                CgroupPlanner.plan(UNIFIED, "/jctl", "c1", privileged).deviceProgram());
    }

    @Test
    void moreHierarchiesAreJoinedWithoutTurningAnythingOnForOthers() {
        Set<String> joined = Set.of("blkio", "hugetlb", "freezer");
        CgroupPlan hybrid = CgroupPlanner.plan(HYBRID, "/jrun", "c1", Resources.none(), joined);
        assertTrue(hybrid.place().legacyFolders().keySet().containsAll(Set.of("blkio", "freezer")));
        assertTrue(hybrid.writes().stream().noneMatch(
                step -> step.path().endsWith("cgroup.subtree_control")), hybrid::toString);
        CgroupPlan unified = CgroupPlanner.plan(UNIFIED, "/jrun", "c1", Resources.none(), joined);
        assertTrue(unified.writes().stream().anyMatch(step -> step.value().equals("+hugetlb")),
                unified::toString);
    }

    private static final Resources MEMORY_ONLY = new Resources(List.of(),
            Memory.limited(OptionalLong.of(64 << 20), OptionalLong.empty(), OptionalLong.empty()),
            Resources.none().cpu(), OptionalLong.empty(), BlockIo.none(), List.of(), Map.of());

    @Test
    void aDelegatedCgroupIsAHierarchyOfItsOwn() {
        assertEquals(Optional.of("/init.scope"), UNIFIED.ownUnifiedPath());
        CgroupLayout part = HYBRID.delegated("/sys/fs/cgroup/unified/user.slice/a", "memory pids\n");
        assertEquals(CgroupLayout.Kind.UNIFIED, part.kind());
        assertTrue(part.has("memory") && !part.has("cpu"));
        CgroupPlan plan = CgroupPlanner.plan(part, "/jctl", "c1", MEMORY_ONLY);
        assertEquals(List.of(), plan.refusals());
        assertEquals(Optional.of("/sys/fs/cgroup/unified/user.slice/a/jctl/c1"),
                plan.place().unifiedFolder());
        assertEquals(Map.of(), plan.place().legacyFolders());
        assertTrue(CgroupPlanner.parent(part, "/jctl").stream().noneMatch(step ->
                step.path().equals("/sys/fs/cgroup/unified/cgroup.subtree_control")));
        Resources cpus = new Resources(List.of(), Memory.none(), LIMITED.cpu(),
                OptionalLong.empty(), BlockIo.none(), List.of(), Map.of());
        String refusal = String.join("; ", CgroupPlanner.plan(part, "/jctl", "c1", cpus).refusals());
        assertTrue(refusal.contains("the cpu controller is not delegated"), refusal);
    }

    @Test
    void withoutADelegatedCgroupThereIsNoneAndALimitIsRefused() {
        CgroupLayout none = UNIFIED.undelegated();
        CgroupPlan plan = CgroupPlanner.plan(none, "/jctl", "c1", Resources.none());
        assertEquals(List.of(), plan.refusals());
        assertEquals(List.of(), plan.steps());
        String refusal = String.join("; ",
                CgroupPlanner.plan(none, "/jctl", "c1", MEMORY_ONLY).refusals());
        assertTrue(refusal.contains("no cgroup is delegated"), refusal);
    }
}
