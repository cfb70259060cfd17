package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import linux.proc.MountInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import runtime.cgroup.CgroupStep.CopyIfEmpty;
import runtime.cgroup.CgroupStep.MakeDirectory;
import runtime.cgroup.CgroupStep.WriteFile;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.Memory;
import testkit.NeedsKernel;
import testkit.Requires;

/** Carries plans out on this host, in cgroups of its own. */
@NeedsKernel
class CgroupKernelTest {
    private static final long LIMIT_BYTES = 64L << 20;
    private final String parent = "/jctl-test-" + ProcessHandle.current().pid();
    private CgroupLayout layout;

    @BeforeEach
    void makeParent() throws IOException {
        Requires.root();
        String mounts = read("/proc/self/mountinfo");
        Optional<String> unified = CgroupLayout.unifiedMountPoint(mounts);
        layout = CgroupLayout.parse(mounts, read("/proc/self/cgroup"), read("/proc/cgroups"),
                unified.isPresent() ? read(unified.get() + "/cgroup.controllers") : "");
        Requires.fact(layout.has("memory") && layout.has("pids") && layout.has("cpu"),
                "the memory, pids and cpu controllers mounted");
        for (String folder : layout.probeFolders("/")) {
            Requires.fact(!isReadOnly(mounts, folder), "a writable " + folder);
        }
        run(CgroupPlanner.parent(layout, parent));
        run(CgroupPlanner.parent(layout, parent));
        Set<String> names = new HashSet<>();
        for (String folder : layout.probeFolders(parent)) {
            String[] files = new File(folder).list();
            names.addAll(List.of(files == null ? new String[0] : files));
        }
        layout = layout.withFiles(names);
    }

    private static boolean isReadOnly(String mounts, String folder) {
        return MountInfo.parse(mounts).stream()
                .filter(mount -> mount.mountPoint().equals(folder))
                .anyMatch(mount -> mount.options().contains("ro"));
    }

    @AfterEach
    void removeAll() {
        if (layout != null) {
            for (String folder : layout.probeFolders(parent)) {
                File[] children = new File(folder).listFiles(File::isDirectory);
                for (File child : children == null ? new File[0] : children) {
                    child.delete();
                }
                new File(folder).delete();
                assertFalse(new File(folder).exists(), folder + " is left behind");
            }
        }
    }

    private static String read(String path) throws IOException {
        return Files.readString(Path.of(path));
    }

    private static void write(String path, String value) throws IOException {
        Files.writeString(Path.of(path), value, StandardOpenOption.WRITE);
    }

    private static void run(List<CgroupStep> steps) throws IOException {
        for (CgroupStep step : steps) {
            switch (step) {
                case MakeDirectory directory -> {
                    boolean made = new File(directory.path()).mkdir();
                    assertTrue(made || directory.mayExist(), "mkdir " + directory.path());
                }
                case WriteFile write -> write(write.path(), write.value());
                case CopyIfEmpty copy -> {
                    if (read(copy.path()).isBlank()) {
                        write(copy.path(), read(copy.from()).strip());
                    }
                }
            }
        }
    }

    private Resources resources() {
        return new Resources(DeviceRules.standard(),
                Memory.limited(OptionalLong.of(LIMIT_BYTES), OptionalLong.empty(),
                        layout.mayHave("memory.memsw.limit_in_bytes")
                                || layout.mayHave("memory.swap.max")
                                ? OptionalLong.of(2 * LIMIT_BYTES) : OptionalLong.empty()),
                Cpu.limited(OptionalLong.of(512), OptionalLong.of(50_000),
                        OptionalLong.of(100_000),
                        layout.has("cpuset") ? Optional.of("0") : Optional.empty(),
                        Optional.empty()),
                OptionalLong.of(17), BlockIo.none(), List.of(), Map.of());
    }

    @Test
    void everyLimitReadsBackAndNothingIsLeft() throws IOException {
        CgroupPlan plan = CgroupPlanner.plan(layout, parent, "c1", resources());
        assertEquals(List.of(), plan.refusals());
        run(plan.steps());
        CgroupPlace place = plan.place();
        if (place.legacyFolders().containsKey("memory")) {
            assertEquals(Long.toString(LIMIT_BYTES),
                    read(place.legacyFile("memory", "memory.limit_in_bytes").get()).strip());
            assertEquals("512", read(place.legacyFile("cpu", "cpu.shares").get()).strip());
            assertEquals("50000",
                    read(place.legacyFile("cpu", "cpu.cfs_quota_us").get()).strip());
            assertEquals("0", read(place.legacyFile("cpuset", "cpuset.cpus").get()).strip());
            assertFalse(read(place.legacyFile("cpuset", "cpuset.mems").get()).isBlank(),
                    "memory nodes are inherited");
            String devices = read(place.legacyFile("devices", "devices.list").get());
            assertTrue(devices.contains("c 1:3 rwm") && !devices.contains("a *:*"), devices);
        } else {
            assertEquals(Long.toString(LIMIT_BYTES),
                    read(place.unifiedFile("memory", "memory.max").get()).strip());
            assertEquals("50000 100000",
                    read(place.unifiedFile("cpu", "cpu.max").get()).strip());
        }
        CgroupStatistics statistics = statistics(place);
        assertEquals(OptionalLong.of(LIMIT_BYTES), statistics.memoryLimitBytes());
        assertEquals(OptionalLong.of(17), statistics.tasksLimit());
        CgroupPlan update = CgroupPlanner.update(layout, place, resources(),
                new Resources(List.of(), Memory.limited(OptionalLong.of(4 * LIMIT_BYTES),
                        OptionalLong.empty(), OptionalLong.of(-1)), Cpu.none(),
                        OptionalLong.of(-1), BlockIo.none(), List.of(), Map.of()));
        assertEquals(List.of(), update.refusals());
        run(update.steps());
        assertEquals(OptionalLong.of(4 * LIMIT_BYTES), statistics(place).memoryLimitBytes());
        assertEquals(OptionalLong.empty(), statistics(place).tasksLimit());
        for (String folder : plan.removals()) {
            assertTrue(new File(folder).delete(), "rmdir " + folder);
        }
    }

    private static CgroupStatistics statistics(CgroupPlace place) throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (String file : CgroupStatistics.files(place)) {
            if (new File(file).exists()) {
                texts.put(file, read(file));
            }
        }
        return CgroupStatistics.of(place, texts);
    }

    @Test
    void aProcessIsCountedFrozenThawedAndKilled() throws Exception {
        CgroupPlan plan = CgroupPlanner.plan(layout, parent, "c2", resources());
        run(plan.steps());
        CgroupPlace place = plan.place();
        Process sleeper = new ProcessBuilder("sleep", "600").start();
        try {
            for (WriteFile join : plan.joins()) {
                write(join.path(), Long.toString(sleeper.pid()));
            }
            assertEquals(List.of((int) sleeper.pid()), CgroupControl.processes(
                    read(CgroupControl.processesFile(place).orElseThrow())));
            assertEquals(1, statistics(place).tasks());
            String frozenFile = CgroupControl.frozenFile(place).orElseThrow();
            run(List.of(CgroupControl.freeze(place).orElseThrow()));
            while (!CgroupControl.isFrozen(read(frozenFile))) {
                Thread.onSpinWait();
            }
            run(List.of(CgroupControl.thaw(place).orElseThrow()));
            while (CgroupControl.isFrozen(read(frozenFile))) {
                Thread.onSpinWait();
            }
            assertTrue(sleeper.isAlive());
            Optional<WriteFile> kill = CgroupControl.kill(layout, place);
            if (kill.isPresent()) {
                run(List.of(kill.get()));
                assertTrue(sleeper.waitFor(30, TimeUnit.SECONDS), "cgroup.kill kills");
            }
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
        for (String folder : plan.removals()) {
            assertTrue(new File(folder).delete(), "rmdir " + folder);
        }
    }

    @Test
    void anOutOfMemoryKillIsCounted() throws Exception {
        CgroupPlan plan = CgroupPlanner.plan(layout, parent, "c3", resources());
        run(plan.steps());
        CgroupPlace place = plan.place();
        String oomFile = CgroupControl.oomFile(place).orElseThrow();
        assertEquals(0, CgroupControl.oomKills(read(oomFile)));
        // The shell waits for its input, joins meanwhile, then keeps all of /dev/zero in memory.
        Process glutton = new ProcessBuilder("sh", "-c", "read go; tail /dev/zero").start();
        try {
            for (WriteFile join : plan.joins()) {
                write(join.path(), Long.toString(glutton.pid()));
            }
            glutton.getOutputStream().write('\n');
            glutton.getOutputStream().close();
            assertTrue(glutton.waitFor(120, TimeUnit.SECONDS), "the OOM killer comes");
            assertTrue(CgroupControl.oomKills(read(oomFile)) >= 1);
            assertTrue(statistics(place).oomKills() >= 1);
        } finally {
            glutton.destroyForcibly().waitFor();
        }
        for (String folder : plan.removals()) {
            assertTrue(new File(folder).delete(), "rmdir " + folder);
        }
    }
}
