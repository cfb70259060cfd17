package runtime.cgroup;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Resources.HugepageLimit;
import runtime.spec.Resources.Memory;

/** Limits as writes to cgroup v1 files (kernel's admin-guide/cgroup-v1). */
final class LegacyLimits {
    private static final String UNLIMITED = "-1";

    private final LimitWrites writes;

    LegacyLimits(LimitWrites writes) {
        this.writes = writes;
    }

    /**
     * Memory. The kernel keeps memory ≤ memory and swap at every moment, so a group that grows gets
     * the latter first.
     *
     * @param current limits in force; none for a new group
     */
    void memory(Memory memory, Memory current) {
        boolean swapFirst = grows(memory, current);
        if (swapFirst) {
            swap(memory);
        }
        set(memory.limit(), value -> writes.legacy("memory", "memory.limit_in_bytes", value,
                "memory limit"));
        if (!swapFirst) {
            swap(memory);
        }
        set(memory.reservation(), value -> writes.legacy("memory", "memory.soft_limit_in_bytes",
                value, "memory reservation"));
        set(memory.kernelTcp(), value -> writes.legacy("memory", "memory.kmem.tcp.limit_in_bytes",
                value, "limit of TCP buffers"));
        memory.swappiness().ifPresent(value -> writes.legacy("memory", "memory.swappiness",
                Integer.toString(value), "swappiness"));
        if (memory.disableOomKiller()) {
            writes.legacy("memory", "memory.oom_control", "1", "OOM killer off");
        }
        if (memory.kernel().isPresent() && memory.kernel().getAsLong() > 0) {
            writes.refuse("limit of kernel memory",
                    "Linux ended it with 5.16; kernel memory counts as memory");
        }
    }

    private void swap(Memory memory) {
        set(memory.swap(), value -> writes.legacy("memory", "memory.memsw.limit_in_bytes", value,
                "limit of memory and swap"));
    }

    private static boolean grows(Memory memory, Memory current) {
        boolean bounded = current.swap().isPresent() && current.swap().getAsLong() > 0;
        boolean unlimited = memory.limit().isPresent() && memory.limit().getAsLong() < 0;
        return bounded && memory.limit().isPresent()
                && (unlimited || memory.limit().getAsLong() > current.swap().getAsLong());
    }

    void cpu(Cpu cpu) {
        set(cpu.shares(), value ->
                writes.legacy("cpu", "cpu.shares", value, "share of processor time"));
        set(cpu.periodMicros(), value ->
                writes.legacy("cpu", "cpu.cfs_period_us", value, "period of processor time"));
        set(cpu.quotaMicros(), value ->
                writes.legacy("cpu", "cpu.cfs_quota_us", value, "processor time per period"));
        set(cpu.burstMicros(), value ->
                writes.legacy("cpu", "cpu.cfs_burst_us", value, "burst of processor time"));
        set(cpu.realtimePeriodMicros(), value ->
                writes.legacy("cpu", "cpu.rt_period_us", value, "period of real-time tasks"));
        set(cpu.realtimeRuntimeMicros(), value ->
                writes.legacy("cpu", "cpu.rt_runtime_us", value, "time of real-time tasks"));
        cpu.idle().ifPresent(value -> writes.legacy("cpu", "cpu.idle", Long.toString(value),
                "idle scheduling"));
    }

    void cpuset(Cpu cpu) {
        cpu.cpus().ifPresent(value ->
                writes.legacy("cpuset", "cpuset.cpus", value, "processors it may use"));
        cpu.mems().ifPresent(value ->
                writes.legacy("cpuset", "cpuset.mems", value, "memory nodes it may use"));
    }

    void pids(Resources resources) {
        resources.pids().ifPresent(limit -> writes.legacy("pids", "pids.max",
                limit > 0 ? Long.toString(limit) : "max", "limit of tasks"));
    }

    void blockIo(BlockIo io) {
        if (io.weight().isPresent() || !io.weights().isEmpty()) {
            String file = writes.layout().mayHave("blkio.bfq.weight")
                    ? "blkio.bfq.weight" : "blkio.weight";
            io.weight().ifPresent(value -> writes.legacy("blkio", file, Integer.toString(value),
                    "share of disk time"));
            io.weights().forEach(device -> device.weight().ifPresent(value ->
                    writes.legacy("blkio", file + "_device",
                            device.major() + ":" + device.minor() + " " + value,
                            "share of one disk's time")));
        }
        rates(io.readBytesPerSecond(), "blkio.throttle.read_bps_device", "bytes read per second");
        rates(io.writeBytesPerSecond(), "blkio.throttle.write_bps_device",
                "bytes written per second");
        rates(io.readOperationsPerSecond(), "blkio.throttle.read_iops_device",
                "reads per second");
        rates(io.writeOperationsPerSecond(), "blkio.throttle.write_iops_device",
                "writes per second");
    }

    private void rates(List<DeviceRate> rates, String file, String reason) {
        rates.forEach(rate -> writes.legacy("blkio", file, rate.major() + ":" + rate.minor() + " "
                + Long.toUnsignedString(rate.rate()), "limit of " + reason));
    }

    void hugepages(List<HugepageLimit> limits) {
        limits.forEach(limit -> writes.legacy("hugetlb",
                "hugetlb." + limit.pageSize() + ".limit_in_bytes",
                Long.toUnsignedString(limit.limitBytes()),
                "limit of " + limit.pageSize() + " pages"));
    }

    void devices(List<DeviceRule> rules) {
        for (DeviceRule rule : rules) {
            for (String line : DeviceRules.legacyLines(rule)) {
                writes.legacy("devices", rule.allow() ? "devices.allow" : "devices.deny", line,
                        (rule.allow() ? "allows" : "forbids") + " devices");
            }
        }
    }

    /** Zero means "not set" in every config.json of the field. */
    private static void set(OptionalLong value, Consumer<String> write) {
        value.ifPresent(number -> {
            if (number != 0) {
                write.accept(number < 0 ? UNLIMITED : Long.toString(number));
            }
        });
    }
}
