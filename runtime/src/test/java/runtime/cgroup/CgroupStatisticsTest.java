package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CgroupStatisticsTest {
    private static final CgroupPlace LEGACY = new CgroupPlace(Map.of("memory", "/m", "cpu", "/c",
            "cpuacct", "/c", "pids", "/p", "blkio", "/b"), Optional.empty(), Set.of());
    private static final CgroupPlace UNIFIED = new CgroupPlace(
            Map.of(), Optional.of("/u"), Set.of("memory", "cpu", "pids", "io"));

    @Test
    void readsLegacyCounters() {
        CgroupStatistics statistics = CgroupStatistics.of(LEGACY, Map.ofEntries(
                Map.entry("/m/memory.usage_in_bytes", "1000\n"),
                Map.entry("/m/memory.stat", "cache 5\ninactive_file 1\ntotal_inactive_file 300\n"),
                Map.entry("/m/memory.limit_in_bytes", "9223372036854771712\n"),
                Map.entry("/m/memory.max_usage_in_bytes", "2000\n"),
                Map.entry("/m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
                Map.entry("/c/cpuacct.usage", "123456789\n"),
                Map.entry("/c/cpuacct.stat", "user 3\nsystem 4\n"),
                Map.entry("/c/cpu.stat", "nr_periods 10\nnr_throttled 5\nthrottled_time 777\n"),
                Map.entry("/p/pids.current", "7\n"),
                Map.entry("/p/pids.max", "64\n"),
                Map.entry("/b/blkio.throttle.io_service_bytes",
                        "8:0 Read 10\n8:0 Write 20\n8:0 Total 30\nTotal 30\n"),
                Map.entry("/b/blkio.throttle.io_serviced", "8:0 Read 1\n8:0 Write 2\n")));
        assertEquals(1000, statistics.memoryUsageBytes());
        assertEquals(700, statistics.memoryWorkingSetBytes());
        assertEquals(OptionalLong.empty(), statistics.memoryLimitBytes());
        assertEquals(2, statistics.oomKills());
        assertEquals(123_456_789, statistics.cpuUsageNanos());
        assertEquals(30_000_000, statistics.cpuUserNanos());
        assertEquals(777, statistics.cpuThrottledNanos());
        assertEquals(5, statistics.cpuThrottledPeriods());
        assertEquals(OptionalLong.of(64), statistics.tasksLimit());
        assertEquals(new CgroupStatistics.Disk(10, 20, 1, 2), statistics.disks().get("8:0"));
    }

    @Test
    void readsUnifiedCounters() {
        CgroupStatistics statistics = CgroupStatistics.of(UNIFIED, Map.of(
                "/u/memory.current", "1000\n", "/u/memory.stat", "inactive_file 100\n",
                "/u/memory.max", "max\n", "/u/memory.peak", "1500\n",
                "/u/memory.events", "low 0\noom 1\noom_kill 1\n",
                "/u/cpu.stat", "usage_usec 10\nuser_usec 6\nsystem_usec 4\nnr_periods 2\n"
                        + "nr_throttled 1\nthrottled_usec 3\n",
                "/u/pids.current", "2\n", "/u/pids.max", "max\n",
                "/u/io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n"));
        assertEquals(900, statistics.memoryWorkingSetBytes());
        assertEquals(OptionalLong.empty(), statistics.memoryLimitBytes());
        assertEquals(1, statistics.oomKills());
        assertEquals(10_000, statistics.cpuUsageNanos());
        assertEquals(4_000, statistics.cpuSystemNanos());
        assertEquals(3_000, statistics.cpuThrottledNanos());
        assertEquals(new CgroupStatistics.Disk(1, 2, 3, 4), statistics.disks().get("8:0"));
    }

    @Test
    void missingAndOddTextsCountAsNothing() {
        CgroupStatistics nothing = CgroupStatistics.of(LEGACY, Map.of());
        assertEquals(0, nothing.memoryUsageBytes());
        assertTrue(nothing.disks().isEmpty());
        Map<String, String> odd = new HashMap<>();
        CgroupStatistics.files(LEGACY).forEach(
                file -> odd.put(file, "max 99999999999999999999\n="));
        CgroupStatistics.of(LEGACY, odd);
        CgroupStatistics.files(UNIFIED).forEach(file -> odd.put(file, "8:0 x=y\n\u0000 =\n-"));
        CgroupStatistics.of(UNIFIED, odd);
        assertEquals(9, CgroupStatistics.files(UNIFIED).size());
        assertEquals(12, CgroupStatistics.files(LEGACY).size());
    }
}
