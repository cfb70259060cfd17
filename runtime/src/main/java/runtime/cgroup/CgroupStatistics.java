package runtime.cgroup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import linux.proc.KeyedText;

/**
 * What a container used so far; a counter its host does not keep is 0.
 *
 * @param memoryUsageBytes    memory in use, page cache included
 * @param memoryInactiveBytes page cache not touched of late: docker shows usage without it
 * @param memoryLimitBytes    absent for no limit
 * @param memoryPeakBytes     the most it ever used
 * @param oomKills            processes the OOM killer took
 * @param cpuUsageNanos       processor time
 * @param cpuUserNanos        of it in user mode
 * @param cpuSystemNanos      of it in the kernel
 * @param cpuPeriods          periods in which it ran under a quota
 * @param cpuThrottledPeriods of them those in which it was stopped
 * @param cpuThrottledNanos   time it was stopped for
 * @param tasks               processes and threads now
 * @param tasksLimit          absent for no limit
 * @param disks               by {@code major:minor}
 */
public record CgroupStatistics(
        long memoryUsageBytes,
        long memoryInactiveBytes,
        OptionalLong memoryLimitBytes,
        long memoryPeakBytes,
        long oomKills,
        long cpuUsageNanos,
        long cpuUserNanos,
        long cpuSystemNanos,
        long cpuPeriods,
        long cpuThrottledPeriods,
        long cpuThrottledNanos,
        long tasks,
        OptionalLong tasksLimit,
        Map<String, Disk> disks) {

    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_TICK = 10_000_000;
    /** v1 says "no limit" as the largest number of whole pages. */
    private static final long NO_LIMIT = Long.MAX_VALUE & ~0xFFFFL;

    /** What went to and from one disk. */
    public record Disk(long readBytes, long writtenBytes, long reads, long writes) {}

    public CgroupStatistics {
        disks = Collections.unmodifiableMap(new TreeMap<>(disks));
    }

    /** The files {@link #of} wants to see, for a container that lies there. */
    public static List<String> files(CgroupPlace place) {
        List<String> files = new ArrayList<>();
        for (String name : List.of("memory.current", "memory.stat", "memory.max", "memory.peak",
                "memory.events", "pids.current", "pids.max", "io.stat")) {
            place.unifiedFile(controller(name), name).ifPresent(files::add);
        }
        boolean cpuacct = place.legacyFolders().containsKey("cpuacct");
        if (!cpuacct) {
            place.unifiedFile("cpu.stat").ifPresent(files::add);
        }
        for (String name : List.of("memory.usage_in_bytes", "memory.stat", "memory.limit_in_bytes",
                "memory.max_usage_in_bytes", "memory.oom_control", "cpuacct.usage", "cpuacct.stat",
                "cpu.stat", "pids.current", "pids.max", "blkio.throttle.io_service_bytes",
                "blkio.throttle.io_serviced")) {
            place.legacyFile(controller(name), name).ifPresent(files::add);
        }
        return files;
    }

    private static String controller(String file) {
        return file.substring(0, file.indexOf('.'));
    }

    /**
     * Reads the counters.
     *
     * @param texts by path; a file that is not there is left out
     */
    public static CgroupStatistics of(CgroupPlace place, Map<String, String> texts) {
        Texts read = new Texts(place, texts);
        Map<String, Long> memory = read.flat("memory", "memory.stat", "memory.stat");
        Map<String, Long> cpu = read.legacyOrUnified("cpu", "cpu.stat");
        Map<String, Long> unifiedCpu = read.unifiedCpu();
        Map<String, Long> ticks = KeyedText.flat(read.legacy("cpuacct", "cpuacct.stat"));
        long usage = read.number("cpuacct", "cpuacct.usage");
        return new CgroupStatistics(
                read.either("memory", "memory.usage_in_bytes", "memory.current").orElse(0),
                memory.getOrDefault("total_inactive_file",
                        memory.getOrDefault("inactive_file", 0L)),
                limit(read.either("memory", "memory.limit_in_bytes", "memory.max")),
                read.either("memory", "memory.max_usage_in_bytes", "memory.peak").orElse(0),
                read.flat("memory", "memory.oom_control", "memory.events")
                        .getOrDefault("oom_kill", 0L),
                usage > 0 ? usage : micros(unifiedCpu, "usage_usec"),
                ticks.getOrDefault("user", 0L) * NANOS_PER_TICK + micros(unifiedCpu, "user_usec"),
                ticks.getOrDefault("system", 0L) * NANOS_PER_TICK
                        + micros(unifiedCpu, "system_usec"),
                cpu.getOrDefault("nr_periods", 0L),
                cpu.getOrDefault("nr_throttled", 0L),
                cpu.getOrDefault("throttled_time", micros(cpu, "throttled_usec")),
                read.either("pids", "pids.current", "pids.current").orElse(0),
                limit(read.either("pids", "pids.max", "pids.max")),
                read.disks());
    }

    /** Memory in use without the page cache that could go at once. */
    public long memoryWorkingSetBytes() {
        return Math.max(0, memoryUsageBytes - memoryInactiveBytes);
    }

    private static long micros(Map<String, Long> values, String key) {
        return values.getOrDefault(key, 0L) * NANOS_PER_MICRO;
    }

    private static OptionalLong limit(OptionalLong value) {
        return value.isPresent() && value.getAsLong() < NO_LIMIT ? value : OptionalLong.empty();
    }

    /** The texts by controller and name, whichever hierarchy they are in. */
    private record Texts(CgroupPlace place, Map<String, String> texts) {

        String legacy(String controller, String file) {
            return place.legacyFile(controller, file).map(path -> texts.getOrDefault(path, ""))
                    .orElse("");
        }

        String unified(String controller, String file) {
            return place.unifiedFile(controller, file).map(path -> texts.getOrDefault(path, ""))
                    .orElse("");
        }

        long number(String controller, String file) {
            return KeyedText.number(legacy(controller, file)).orElse(0);
        }

        OptionalLong either(String controller, String legacy, String unified) {
            OptionalLong value = KeyedText.number(legacy(controller, legacy));
            return value.isPresent() ? value : KeyedText.number(unified(controller, unified));
        }

        Map<String, Long> flat(String controller, String legacy, String unified) {
            return KeyedText.flat(legacy(controller, legacy) + unified(controller, unified));
        }

        Map<String, Long> legacyOrUnified(String controller, String file) {
            return flat(controller, file, file);
        }

        Map<String, Long> unifiedCpu() {
            boolean cpuacct = place.legacyFolders().containsKey("cpuacct");
            return cpuacct ? Map.of() : KeyedText.flat(place.unifiedFile("cpu.stat")
                    .map(path -> texts.getOrDefault(path, "")).orElse(""));
        }

        Map<String, Disk> disks() {
            Map<String, Disk> disks = new TreeMap<>();
            KeyedText.nested(unified("io", "io.stat")).forEach((device, values) ->
                    disks.put(device, new Disk(
                            values.getOrDefault("rbytes", 0L), values.getOrDefault("wbytes", 0L),
                            values.getOrDefault("rios", 0L), values.getOrDefault("wios", 0L))));
            Map<String, Map<String, Long>> bytes =
                    byDevice(legacy("blkio", "blkio.throttle.io_service_bytes"));
            Map<String, Map<String, Long>> counts =
                    byDevice(legacy("blkio", "blkio.throttle.io_serviced"));
            bytes.forEach((device, values) -> disks.put(device, new Disk(
                    values.getOrDefault("Read", 0L), values.getOrDefault("Write", 0L),
                    counts.getOrDefault(device, Map.of()).getOrDefault("Read", 0L),
                    counts.getOrDefault(device, Map.of()).getOrDefault("Write", 0L))));
            return disks;
        }

        /** v1's {@code 8:0 Read 123} lines; the line {@code Total 123} is left out. */
        private static Map<String, Map<String, Long>> byDevice(String text) {
            Map<String, Map<String, Long>> values = new TreeMap<>();
            text.lines().forEach(line -> {
                String[] words = line.strip().split(" +");
                if (words.length == 3) {
                    KeyedText.number(words[2]).ifPresent(number ->
                            values.computeIfAbsent(words[0], device -> new TreeMap<>())
                                    .put(words[1], number));
                }
            });
            return values;
        }
    }
}
