package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import runtime.cgroup.CounterFile.Reading;

class UsageTest {
    private static final CgroupPlace LEGACY = new CgroupPlace(Map.of("memory", "/m", "cpu", "/c",
            "cpuacct", "/a", "pids", "/p", "blkio", "/b"), Optional.empty(), Set.of());
    private static final CgroupPlace HYBRID = new CgroupPlace(Map.of("memory", "/m", "cpu", "/c",
            "cpuacct", "/a", "pids", "/p"), Optional.of("/u"), Set.of());
    private static final CgroupPlace UNIFIED = new CgroupPlace(
            Map.of(), Optional.of("/u"), Set.of("memory", "cpu", "pids", "io"));

    /** As a container with a veth pair sees it, Linux 6.18. */
    private static final String NETWORK = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:    3293      31    0    0    0     0          0         0     3293      31    0    0    0     0       0          0
              eth0: 1234567890123  4000    0    0    0     0          0         0     5678      90    0    0    0     0       0          0
            lo0:1 2 3 4 5 6 7 8 9 10 11
            """;

    private static Usage read(Reading reading, String... texts) {
        long[] row = Usage.emptyRow();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            new CounterFile("/x", reading).read(bytes, bytes.length, row);
        }
        return Usage.of(row);
    }

    private static void reads(long expected, Counter counter, Reading reading, String text) {
        assertEquals(OptionalLong.of(expected), read(reading, text).get(counter), text);
    }

    private static List<String> paths(CgroupPlace place) {
        return CounterFile.of(place).stream().map(CounterFile::path).sorted().toList();
    }

    @Test
    void filesOfEachLayout() {
        assertEquals(List.of("/a/cpuacct.usage", "/b/blkio.throttle.io_service_bytes",
                "/m/memory.limit_in_bytes", "/m/memory.stat", "/m/memory.usage_in_bytes",
                "/p/pids.current", "/p/pids.max"), paths(LEGACY));
        assertEquals(List.of("/a/cpuacct.usage", "/m/memory.limit_in_bytes", "/m/memory.stat",
                "/m/memory.usage_in_bytes", "/p/pids.current", "/p/pids.max", "/u/cpu.pressure",
                "/u/io.pressure", "/u/memory.pressure"), paths(HYBRID));
        assertEquals(List.of("/u/cpu.pressure", "/u/cpu.stat", "/u/io.pressure", "/u/io.stat",
                "/u/memory.current", "/u/memory.max", "/u/memory.pressure", "/u/memory.stat",
                "/u/pids.current", "/u/pids.max"), paths(UNIFIED));
    }

    @Test
    void numbersOfBothHierarchies() {
        reads(4096, Counter.MEMORY_BYTES, Reading.MEMORY_USAGE, "4096\n");
        reads(Long.MAX_VALUE, Counter.MEMORY_LIMIT_BYTES, Reading.MEMORY_LIMIT, "max\n");
        reads(Long.MAX_VALUE, Counter.MEMORY_LIMIT_BYTES, Reading.MEMORY_LIMIT,
                "9223372036854771712\n");
        reads(67108864, Counter.MEMORY_LIMIT_BYTES, Reading.MEMORY_LIMIT, "67108864\n");
        reads(123_456_789, Counter.CPU_NANOS, Reading.CPU_NANOS, "123456789\n");
        reads(12_000, Counter.CPU_NANOS, Reading.CPU_STAT,
                "usage_usec 12\nuser_usec 7\nsystem_usec 5\nnr_periods 0\n");
        reads(3, Counter.TASKS, Reading.TASKS, "3\n");
        reads(Long.MAX_VALUE, Counter.TASKS_LIMIT, Reading.TASKS_LIMIT, "max\n");
    }

    @Test
    void theWorkingSetIsWithoutCacheThatCouldGo() {
        long[] row = Usage.emptyRow();
        byte[] usage = "1000".getBytes(StandardCharsets.US_ASCII);
        byte[] legacy = "cache 900\ninactive_file 1\ntotal_inactive_file 300\n"
                .getBytes(StandardCharsets.US_ASCII);
        new CounterFile("/u", Reading.MEMORY_USAGE).read(usage, usage.length, row);
        new CounterFile("/s", Reading.MEMORY_STAT).read(legacy, legacy.length, row);
        assertEquals(OptionalLong.of(700), Usage.of(row).workingSetBytes());
        byte[] unified = "anon 1\nfile 2\ninactive_file 2000\n".getBytes(StandardCharsets.US_ASCII);
        new CounterFile("/s", Reading.MEMORY_STAT).read(unified, unified.length, row);
        assertEquals(OptionalLong.of(0), Usage.of(row).workingSetBytes());
        assertEquals(OptionalLong.empty(), Usage.NOTHING.workingSetBytes());
    }

    @Test
    void disksAreSummedUp() {
        String legacy = "8:0 Read 10\n8:0 Write 20\n8:0 Sync 1\n8:0 Total 30\n8:16 Read 5\n"
                + "8:16 Write 0\nTotal 35\n";
        reads(15, Counter.DISK_READ_BYTES, Reading.LEGACY_DISKS, legacy);
        reads(20, Counter.DISK_WRITTEN_BYTES, Reading.LEGACY_DISKS, legacy);
        String unified = "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=9 dios=0\n8:16 \n"
                + "253:0 rbytes=10 wbytes=20 rios=3 wios=4 dbytes=9 dios=0\n";
        reads(11, Counter.DISK_READ_BYTES, Reading.UNIFIED_DISKS, unified);
        reads(22, Counter.DISK_WRITTEN_BYTES, Reading.UNIFIED_DISKS, unified);
        reads(0, Counter.DISK_READ_BYTES, Reading.UNIFIED_DISKS, "");
        String process = "rchar: 99\nwchar: 98\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\n"
                + "write_bytes: 8192\ncancelled_write_bytes: 77\n";
        Usage two = read(Reading.PROCESS_DISKS, process, process);
        assertEquals(OptionalLong.of(8192), two.get(Counter.DISK_READ_BYTES));
        assertEquals(OptionalLong.of(16384), two.get(Counter.DISK_WRITTEN_BYTES));
    }

    @Test
    void linksAreSummedUpWithoutLoopback() {
        reads(1_234_567_890_124L, Counter.NETWORK_RECEIVED_BYTES, Reading.NETWORK, NETWORK);
        reads(5_687, Counter.NETWORK_SENT_BYTES, Reading.NETWORK, NETWORK);
        reads(0, Counter.NETWORK_SENT_BYTES, Reading.NETWORK, "");
    }

    @Test
    void pressureInHundredths() {
        String text = "some avg10=%s avg60=0.02 avg300=1.00 total=88\nfull avg10=0.00\n";
        reads(1234, Counter.CPU_PRESSURE_HUNDREDTHS, Reading.CPU_PRESSURE,
                text.formatted("12.34"));
        reads(5, Counter.MEMORY_PRESSURE_HUNDREDTHS, Reading.MEMORY_PRESSURE,
                text.formatted("0.05"));
        reads(10_000, Counter.DISK_PRESSURE_HUNDREDTHS, Reading.DISK_PRESSURE,
                text.formatted("100.00"));
        assertEquals(OptionalLong.empty(), read(Reading.CPU_PRESSURE, text.formatted("9999"))
                .get(Counter.CPU_PRESSURE_HUNDREDTHS));
    }

    @Test
    void hostileTextsDoNotThrow() {
        Random random = new Random(11);
        byte[] letters = "some avg10= 0123456789:.\nRead Write rbytes=max lo".getBytes(
                StandardCharsets.US_ASCII);
        for (int round = 0; round < 20_000; round++) {
            byte[] text = new byte[random.nextInt(80)];
            for (int i = 0; i < text.length; i++) {
                text[i] = letters[random.nextInt(letters.length)];
            }
            long[] row = Usage.emptyRow();
            for (Reading reading : Reading.values()) {
                new CounterFile("/x", reading).read(text, text.length, row);
            }
            for (long value : row) {
                assertTrue(value >= -1, new String(text, StandardCharsets.US_ASCII));
            }
        }
    }

    private static Usage cpu(long nanos) {
        return read(Reading.CPU_NANOS, Long.toString(nanos));
    }

    @Test
    void processorShare() {
        assertEquals(OptionalLong.of(10_000),
                cpu(3_000_000_000L).cpuHundredthsPercent(cpu(2_000_000_000L), 1_000_000_000));
        assertEquals(OptionalLong.of(25_000),
                cpu(5_000_000_000L).cpuHundredthsPercent(cpu(0), 2_000_000_000));
        assertEquals(OptionalLong.of(0), cpu(7).cpuHundredthsPercent(cpu(7), 1_000));
        assertEquals(OptionalLong.of(13), cpu(1_250_000).cpuHundredthsPercent(cpu(0),
                1_000_000_000));
        assertEquals(OptionalLong.empty(), cpu(6).cpuHundredthsPercent(cpu(7), 1_000),
                "started anew");
        assertEquals(OptionalLong.empty(), cpu(8).cpuHundredthsPercent(cpu(7), 0));
        assertEquals(OptionalLong.empty(), cpu(8).cpuHundredthsPercent(Usage.NOTHING, 1_000));
        assertEquals(OptionalLong.empty(), Usage.NOTHING.cpuHundredthsPercent(cpu(8), 1_000));
    }
}
