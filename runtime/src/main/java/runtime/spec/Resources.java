package runtime.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Limits in cgroup v1's units, as the OCI runtime-spec has them (config-linux.md, control groups).
 *
 * @param devices        rules in order; a later one wins
 * @param memory         bytes
 * @param cpu            shares, quota, processors
 * @param pids           the largest number of tasks; -1 or 0 for no limit
 * @param blockIo        weights and rates of block devices
 * @param hugepageLimits per page size
 * @param unified        cgroup v2 files by name, written last, as they are
 */
public record Resources(
        List<DeviceRule> devices,
        Memory memory,
        Cpu cpu,
        OptionalLong pids,
        BlockIo blockIo,
        List<HugepageLimit> hugepageLimits,
        Map<String, String> unified) {

    public Resources {
        devices = List.copyOf(devices);
        hugepageLimits = List.copyOf(hugepageLimits);
        unified = SortedCopy.of(unified);
    }

    /** No limit and no device rule. */
    public static Resources none() {
        return new Resources(List.of(), Memory.none(), Cpu.none(), OptionalLong.empty(),
                BlockIo.none(), List.of(), Map.of());
    }

    /**
     * One device rule.
     *
     * @param allow  whether it permits or forbids
     * @param type   {@code a} all, {@code c} character, {@code b} block
     * @param major  device number; any if absent
     * @param minor  device number; any if absent
     * @param access letters out of {@code rwm}: read, write, mknod
     */
    public record DeviceRule(
            boolean allow, String type, OptionalLong major, OptionalLong minor, String access) {

        /** Forbids every device: the rule a container's list begins with. */
        public static DeviceRule denyAll() {
            return new DeviceRule(false, "a", OptionalLong.empty(), OptionalLong.empty(), "rwm");
        }

        /** Permits access to the device with these numbers. */
        public static DeviceRule allow(String type, long major, long minor, String access) {
            return new DeviceRule(
                    true, type, OptionalLong.of(major), OptionalLong.of(minor), access);
        }
    }

    /**
     * Memory, in bytes; -1 for no limit.
     *
     * @param limit            memory in use
     * @param reservation      what it is squeezed to when the host runs short
     * @param swap             memory and swap together, as cgroup v1 counts
     * @param kernel           kernel memory; Linux 5.4 and later ignores it
     * @param kernelTcp        TCP buffers, cgroup v1 only
     * @param swappiness       0 to 100, cgroup v1 only
     * @param disableOomKiller whether tasks are stopped instead of killed, cgroup v1 only
     */
    public record Memory(
            OptionalLong limit,
            OptionalLong reservation,
            OptionalLong swap,
            OptionalLong kernel,
            OptionalLong kernelTcp,
            OptionalInt swappiness,
            boolean disableOomKiller) {

        /** No limit. */
        public static Memory none() {
            return limited(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
        }

        /** Only the three that both versions of cgroups have. */
        public static Memory limited(
                OptionalLong limit, OptionalLong reservation, OptionalLong swap) {
            return new Memory(limit, reservation, swap, OptionalLong.empty(),
                    OptionalLong.empty(), OptionalInt.empty(), false);
        }
    }

    /**
     * Processor time; times in microseconds.
     *
     * @param shares          relative weight, 2 to 262144, 1024 if absent
     * @param quotaMicros     time per period; -1 for no limit
     * @param burstMicros     unused time that may be saved up (Linux 5.14)
     * @param periodMicros    1,000 to 1,000,000
     * @param realtimeRuntimeMicros cgroup v1 only
     * @param realtimePeriodMicros  cgroup v1 only
     * @param cpus            processors, for example {@code 0-3,7}
     * @param mems            memory nodes, likewise
     * @param idle            1 for SCHED_IDLE treatment of the whole group (Linux 5.15)
     */
    public record Cpu(
            OptionalLong shares,
            OptionalLong quotaMicros,
            OptionalLong burstMicros,
            OptionalLong periodMicros,
            OptionalLong realtimeRuntimeMicros,
            OptionalLong realtimePeriodMicros,
            Optional<String> cpus,
            Optional<String> mems,
            OptionalLong idle) {

        /** No limit. */
        public static Cpu none() {
            return limited(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                    Optional.empty(), Optional.empty());
        }

        /** Shares, quota, period and processor sets. */
        public static Cpu limited(
                OptionalLong shares,
                OptionalLong quotaMicros,
                OptionalLong periodMicros,
                Optional<String> cpus,
                Optional<String> mems) {
            return new Cpu(shares, quotaMicros, OptionalLong.empty(), periodMicros,
                    OptionalLong.empty(), OptionalLong.empty(), cpus, mems, OptionalLong.empty());
        }
    }

    /**
     * Block devices.
     *
     * @param weight     10 to 1000
     * @param leafWeight cgroup v1 with CFQ only
     * @param weights    per device
     */
    public record BlockIo(
            OptionalInt weight,
            OptionalInt leafWeight,
            List<DeviceWeight> weights,
            List<DeviceRate> readBytesPerSecond,
            List<DeviceRate> writeBytesPerSecond,
            List<DeviceRate> readOperationsPerSecond,
            List<DeviceRate> writeOperationsPerSecond) {

        public BlockIo {
            weights = List.copyOf(weights);
            readBytesPerSecond = List.copyOf(readBytesPerSecond);
            writeBytesPerSecond = List.copyOf(writeBytesPerSecond);
            readOperationsPerSecond = List.copyOf(readOperationsPerSecond);
            writeOperationsPerSecond = List.copyOf(writeOperationsPerSecond);
        }

        /** No limit. */
        public static BlockIo none() {
            return new BlockIo(OptionalInt.empty(), OptionalInt.empty(), List.of(), List.of(),
                    List.of(), List.of(), List.of());
        }
    }

    /** A device's share of the disk's time. */
    public record DeviceWeight(
            long major, long minor, OptionalInt weight, OptionalInt leafWeight) {}

    /** A device's ceiling, per second. */
    public record DeviceRate(long major, long minor, long rate) {}

    /**
     * The most huge pages of one size.
     *
     * @param pageSize   as in file names: {@code 2MB}, {@code 1GB}
     * @param limitBytes bytes, not pages
     */
    public record HugepageLimit(String pageSize, long limitBytes) {}
}
