package linux.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import linux.abi.Capability;
import org.junit.jupiter.api.Test;

class ProcTextTest {
    private static final String STAT = "42 (a) (b ) S 1 42 7 34816 42 4194304 100 0 0 0 11 22 0 0 "
            + "20 0 3 0 987654 1000000 256 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0\n";
    private static final String MOUNTS = """
            36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
            31 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup  rw,cpu,cpuacct
            """;

    private static String read(String path) throws IOException {
        return Files.readString(Path.of(path));
    }

    @Test
    void readsMounts() {
        List<MountInfo> mounts = MountInfo.parse(MOUNTS);
        assertEquals("/mnt 2", mounts.get(0).mountPoint());
        assertEquals(List.of("master:1", "shared:7"), mounts.get(0).propagation());
        assertEquals("ext3", mounts.get(0).type());
        assertEquals("", mounts.get(1).source());
        assertEquals(List.of("rw", "cpu", "cpuacct"), mounts.get(1).superOptions());
        for (String broken : List.of("x", "1 2 0:1 / /a rw - ext4 dev", "a b 0:1 / / rw - t s o",
                "1 2 0:1 / / rw shared:1 ext4 dev rw")) {
            assertThrows(ProcFormatException.class, () -> MountInfo.parse(broken));
        }
    }

    @Test
    void readsThisHost() throws IOException {
        assertTrue(MountInfo.parse(read("/proc/self/mountinfo")).stream()
                .anyMatch(mount -> mount.mountPoint().equals("/proc")));
        assertFalse(CgroupMembership.parse(read("/proc/self/cgroup")).isEmpty());
        assertFalse(CgroupController.parse(read("/proc/cgroups")).isEmpty());
        ProcessStat stat = ProcessStat.parse(read("/proc/self/stat"));
        assertEquals(ProcessHandle.current().pid(), stat.pid());
        assertTrue(stat.startTicks() > 0 && stat.threads() > 1);
        ProcessStatus status = ProcessStatus.parse(read("/proc/self/status"));
        assertEquals(4, status.userIds().size());
        assertEquals(stat.pid(), status.namespacePids().getFirst());
        assertTrue(status.residentBytes().getAsLong() > 1 << 20);
        status.capabilities("CapBnd");
        assertTrue(MemoryInformation.parse(read("/proc/meminfo")).totalBytes() > 1 << 20);
        assertTrue(ProcessLimit.parse(read("/proc/self/limits")).stream()
                .anyMatch(limit -> limit.name().equals("Max open files")
                        && limit.soft().isPresent()));
        assertTrue(KernelVersion.parse(read("/proc/sys/kernel/osrelease")).orElseThrow()
                .isAtLeast(3, 10));
    }

    @Test
    void aProcessNameMayHaveBracketsAndBlanks() {
        ProcessStat stat = ProcessStat.parse(STAT);
        assertEquals("a) (b ", stat.command());
        assertEquals(42, stat.pid());
        assertEquals('S', stat.state());
        assertEquals(34816, stat.terminal());
        assertEquals(List.of(11L, 22L, 3L, 987654L, 256L), List.of(stat.userTicks(),
                stat.systemTicks(), stat.threads(), stat.startTicks(), stat.residentPages()));
        for (String broken : List.of("", "42", "42 (x)", "42 (x) S 1 2", ") 1 (")) {
            assertThrows(ProcFormatException.class, () -> ProcessStat.parse(broken));
        }
    }

    @Test
    void readsStatus() {
        ProcessStatus status = ProcessStatus.parse("Name:\tx\nUid:\t1\t2\t3\t4\nGroups:\t \n"
                + "NSpid:\t100\t1\nCapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n"
                + "VmRSS:\t  12 kB\n");
        assertEquals(List.of(1L, 2L, 3L, 4L), status.userIds());
        assertEquals(List.of(), status.groups());
        assertEquals(List.of(100L, 1L), status.namespacePids());
        assertEquals(Capability.containerSet(), status.capabilities("CapEff"));
        assertTrue(status.noNewPrivileges());
        assertEquals(2, status.seccompMode());
        assertEquals(OptionalLong.of(12 * 1024), status.residentBytes());
        assertThrows(ProcFormatException.class, () -> status.capabilities("CapAmb"));
    }

    @Test
    void readsCgroupTexts() {
        List<CgroupMembership> groups = CgroupMembership.parse(
                "4:memory:/a:b\n3:cpu,cpuacct:/\n1:name=systemd:/x\n0::/u\n");
        assertEquals("/a:b", groups.get(0).path());
        assertEquals(List.of("cpu", "cpuacct"), groups.get(1).controllers());
        assertTrue(groups.get(3).isUnified());
        assertThrows(ProcFormatException.class, () -> CgroupMembership.parse("4:memory"));
        List<CgroupController> controllers = CgroupController.parse(
                "#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t1\t0\n");
        assertEquals(List.of(new CgroupController("memory", 0, 1, false)), controllers);
        assertEquals(Map.of("oom_kill", 3L, "max", 1L),
                KeyedText.flat("oom_kill 3\nmax 1\nodd max\n\nx\n"));
        assertEquals(Map.of("8:0", Map.of("rbytes", 5L, "wbytes", 6L), "default", Map.of()),
                KeyedText.nested("8:0 rbytes=5 wbytes=6 wiops=max\ndefault\n\n"));
        assertEquals(OptionalLong.empty(), KeyedText.number("max\n"));
        assertEquals(OptionalLong.of(-1), KeyedText.number(" -1\n"));
        assertEquals(OptionalLong.of(Long.MAX_VALUE), KeyedText.number("18446744073709551615"));
    }

    @Test
    void readsPressure() {
        PressureStall stall = PressureStall.parse(
                "some avg10=1.50 avg60=0.00 avg300=0.00 total=12\n"
                        + "full avg10=0.00 avg60=0.00 avg300=0.25 total=3\n");
        assertEquals(1.5, stall.some().percent10());
        assertEquals(12, stall.some().totalMicros());
        assertEquals(0.25, stall.full().orElseThrow().percent300());
        assertThrows(ProcFormatException.class, () -> PressureStall.parse(""));
        assertThrows(ProcFormatException.class, () -> PressureStall.parse("some avg10=x y z t"));
    }

    @Test
    void readsMemoryAndLimits() {
        MemoryInformation memory = MemoryInformation.parse(
                "MemTotal:       24 kB\nHugePages_Total:       3\nOdd\n");
        assertEquals(24 * 1024, memory.totalBytes());
        assertEquals(3, memory.values().get("HugePages_Total"));
        assertEquals(0, memory.swapTotalBytes());
        assertEquals(List.of(new ProcessLimit("Max open files", OptionalLong.of(1024),
                        OptionalLong.empty())),
                ProcessLimit.parse("Limit  Soft  Hard  Units\n"
                        + "Max open files            1024                 unlimited  files     \n"));
    }

    @Test
    void readsKernelVersions() {
        assertEquals(new KernelVersion(6, 18), KernelVersion.parse("6.18.44-x\n").orElseThrow());
        assertEquals(new KernelVersion(4, 8), KernelVersion.parse("4.8").orElseThrow());
        assertTrue(KernelVersion.parse("six").isEmpty());
        assertFalse(new KernelVersion(5, 9).isAtLeast(5, 10));
    }

    @Test
    void damagedTextGivesOnlyFormatProblems() {
        String passwd = "root:x:0:0:r:/root:/bin/sh\na:x:1:1::/:\n";
        List<Consumer<String>> parsers = List.of(MountInfo::parse, CgroupMembership::parse,
                CgroupController::parse, ProcessStat::parse, PressureStall::parse,
                ProcessLimit::parse, KeyedText::flat, KeyedText::nested,
                MemoryInformation::parse, text -> ProcessStatus.parse(text).userIds(),
                text -> Accounts.parse(text, text), KernelVersion::parse);
        List<String> samples = List.of(MOUNTS, "4:memory:/a\n0::/u\n", "memory\t0\t1\t0\n", STAT,
                "some avg10=1.50 avg60=0.00 avg300=0.00 total=12\n",
                "Limit Soft\nMax open files   1024   unlimited  files\n", passwd);
        for (long seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text =
                    new StringBuilder(samples.get(random.nextInt(samples.size())));
            for (int i = random.nextInt(5); i > 0 && !text.isEmpty(); i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(200));
                    case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(9)));
                    default -> text.insert(at, " :9999999999999999999\n\\777(".charAt(
                            random.nextInt(26)));
                }
            }
            for (Consumer<String> parser : parsers) {
                try {
                    parser.accept(text.toString());
                } catch (ProcFormatException expected) {
                    assertFalse(expected.getMessage().isEmpty());
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + ": " + text, e);
                }
            }
        }
    }
}
