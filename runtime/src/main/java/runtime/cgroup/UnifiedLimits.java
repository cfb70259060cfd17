package runtime.cgroup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.HugepageLimit;
import runtime.spec.Resources.Memory;

/** Limits as writes to cgroup v2 files (kernel's admin-guide/cgroup-v2.rst). */
final class UnifiedLimits {
    private static final String MAX = "max";
    private static final long PERIOD_MICROS = 100_000;
    private static final String USE_LEGACY = "cgroup v2 has no such setting; leave it out";

    private final LimitWrites writes;

    UnifiedLimits(LimitWrites writes) {
        this.writes = writes;
    }

    void memory(Memory memory) {
        set(memory.limit()).ifPresent(limit ->
                writes.unified("memory", "memory.max", orMax(limit), "memory limit"));
        set(memory.swap()).ifPresent(swap -> swap(memory, swap));
        set(memory.reservation()).ifPresent(value ->
                writes.unified("memory", "memory.low", orMax(value), "memory reservation"));
        if (memory.swappiness().isPresent()) {
            writes.refuse("swappiness", USE_LEGACY);
        }
        if (memory.disableOomKiller()) {
            writes.refuse("OOM killer off", USE_LEGACY);
        }
        if (set(memory.kernel()).isPresent() || set(memory.kernelTcp()).isPresent()) {
            writes.refuse("limit of kernel memory",
                    "cgroup v2 counts it as memory; set the memory limit");
        }
    }

    /** v1 limits memory and swap together, v2 swap alone. */
    private void swap(Memory memory, long swap) {
        String reason = "limit of swap";
        if (swap < 0) {
            writes.unified("memory", "memory.swap.max", MAX, reason);
            return;
        }
        long limit = set(memory.limit()).orElse(-1);
        if (limit < 0 || limit > swap) {
            writes.refuse("limit of memory and swap",
                    "it needs a memory limit that is not above it; set both");
            return;
        }
        writes.unified("memory", "memory.swap.max", Long.toString(swap - limit), reason);
    }

    void cpu(Cpu cpu) {
        cpu.idle().ifPresent(value ->
                writes.unified("cpu", "cpu.idle", Long.toString(value), "idle scheduling"));
        set(cpu.shares()).ifPresent(shares -> writes.unified("cpu", "cpu.weight",
                Long.toString(CpuShares.toWeight(shares)), "share of processor time"));
        OptionalLong quota = set(cpu.quotaMicros());
        OptionalLong period = set(cpu.periodMicros());
        if (quota.isPresent() || period.isPresent()) {
            writes.unified("cpu", "cpu.max",
                    orMax(quota.orElse(-1)) + " " + period.orElse(PERIOD_MICROS),
                    "processor time per period");
        }
        set(cpu.burstMicros()).ifPresent(value -> writes.unified("cpu", "cpu.max.burst",
                Long.toString(value), "burst of processor time"));
        if (set(cpu.realtimeRuntimeMicros()).isPresent()
                || set(cpu.realtimePeriodMicros()).isPresent()) {
            writes.refuse("time of real-time tasks", USE_LEGACY);
        }
    }

    void cpuset(Cpu cpu) {
        cpu.cpus().ifPresent(value ->
                writes.unified("cpuset", "cpuset.cpus", value, "processors it may use"));
        cpu.mems().ifPresent(value ->
                writes.unified("cpuset", "cpuset.mems", value, "memory nodes it may use"));
    }

    void pids(Resources resources) {
        resources.pids().ifPresent(limit -> writes.unified("pids", "pids.max",
                limit > 0 ? Long.toString(limit) : MAX, "limit of tasks"));
    }

    void blockIo(BlockIo io) {
        boolean bfq = writes.layout().knownFiles().isPresent()
                && writes.layout().mayHave("io.bfq.weight");
        String file = bfq ? "io.bfq.weight" : "io.weight";
        io.weight().ifPresent(weight -> writes.unified("io", file,
                "default " + ioWeight(weight, bfq), "share of disk time"));
        io.weights().forEach(device -> device.weight().ifPresent(weight ->
                writes.unified("io", file, device.major() + ":" + device.minor() + " "
                        + ioWeight(weight, bfq), "share of one disk's time")));
        Map<String, StringBuilder> lines = new LinkedHashMap<>();
        collect(lines, io.readBytesPerSecond(), "rbps");
        collect(lines, io.writeBytesPerSecond(), "wbps");
        collect(lines, io.readOperationsPerSecond(), "riops");
        collect(lines, io.writeOperationsPerSecond(), "wiops");
        lines.forEach((device, rates) ->
                writes.unified("io", "io.max", device + rates, "rates of one disk"));
    }

    private static void collect(
            Map<String, StringBuilder> lines, List<DeviceRate> rates, String key) {
        for (DeviceRate rate : rates) {
            lines.computeIfAbsent(rate.major() + ":" + rate.minor(), device -> new StringBuilder())
                    .append(' ').append(key).append('=')
                    .append(rate.rate() == 0 ? MAX : Long.toUnsignedString(rate.rate()));
        }
    }

    /** 10..1000 of v1 stretched over 1..10000, unless BFQ takes it as it is. */
    private static int ioWeight(int weight, boolean bfq) {
        return bfq ? weight : 1 + Math.max(0, weight - 10) * 9999 / 990;
    }

    void hugepages(List<HugepageLimit> limits) {
        for (HugepageLimit limit : limits) {
            String value = Long.toUnsignedString(limit.limitBytes());
            String file = "hugetlb." + limit.pageSize();
            String reason = "limit of " + limit.pageSize() + " pages";
            writes.unified("hugetlb", file + ".max", value, reason);
        }
    }

    void files(Map<String, String> unified) {
        unified.forEach((file, value) -> {
            int dot = file.indexOf('.');
            boolean plain = dot > 0 && file.chars().allMatch(c ->
                    c == '.' || c == '_' || Character.isLetterOrDigit(c));
            String controller = plain ? file.substring(0, dot) : "";
            if (!plain || controller.equals("cgroup")) {
                writes.refuse("unified." + file, "only files of controllers may be set here");
            } else if (!writes.layout().isUnified(controller)) {
                writes.refuse("unified." + file,
                        "this host has no " + controller + " controller in cgroup v2");
            } else {
                writes.unified(controller, file, value, "set as given");
            }
        });
    }

    private static OptionalLong set(OptionalLong value) {
        return value.isPresent() && value.getAsLong() == 0 ? OptionalLong.empty() : value;
    }

    private static String orMax(long value) {
        return value < 0 ? MAX : Long.toString(value);
    }
}
