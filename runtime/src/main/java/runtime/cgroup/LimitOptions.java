package runtime.cgroup;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Resources.HugepageLimit;
import runtime.spec.Resources.Memory;

/**
 * Limits as people give them on the command line, with docker's meaning; 0 counts as not given.
 *
 * @param memoryBytes            {@code --memory}, at least 6 MiB
 * @param memoryReservationBytes {@code --memory-reservation}, below the limit
 * @param memorySwapBytes        {@code --memory-swap}: memory and swap together; -1 for any swap;
 *     as much swap as memory if not given
 * @param swappiness             {@code --memory-swappiness}, 0 to 100; -1 counts as not given
 * @param oomKillDisable         {@code --oom-kill-disable}
 * @param cpus                   {@code --cpus}, for example 1.5
 * @param cpuShares              {@code --cpu-shares}
 * @param cpuPeriodMicros        {@code --cpu-period}
 * @param cpuQuotaMicros         {@code --cpu-quota}; -1 for no limit
 * @param cpusetCpus             {@code --cpuset-cpus}
 * @param cpusetMems             {@code --cpuset-mems}
 * @param pids                   {@code --pids-limit}; -1 for no limit
 * @param blkioWeight            {@code --blkio-weight}, 10 to 1000
 * @param readBytesPerSecond     {@code --device-read-bps} and so on
 * @param hugepages              per page size
 */
public record LimitOptions(
        long memoryBytes,
        long memoryReservationBytes,
        long memorySwapBytes,
        OptionalInt swappiness,
        boolean oomKillDisable,
        Optional<BigDecimal> cpus,
        long cpuShares,
        long cpuPeriodMicros,
        long cpuQuotaMicros,
        Optional<String> cpusetCpus,
        Optional<String> cpusetMems,
        long pids,
        int blkioWeight,
        List<DeviceRate> readBytesPerSecond,
        List<DeviceRate> writeBytesPerSecond,
        List<DeviceRate> readOperationsPerSecond,
        List<DeviceRate> writeOperationsPerSecond,
        List<HugepageLimit> hugepages) {

    private static final long LEAST_MEMORY_BYTES = 6L << 20;
    private static final long PERIOD_MICROS = 100_000;
    private static final long LEAST_PERIOD_MICROS = 1_000;
    private static final long MOST_PERIOD_MICROS = 1_000_000;
    private static final BigDecimal LEAST_CPUS = new BigDecimal("0.01");

    /** No limit at all. */
    public static LimitOptions none() {
        return new LimitOptions(0, 0, 0, OptionalInt.empty(), false, Optional.empty(), 0, 0, 0,
                Optional.empty(), Optional.empty(), 0, 0, List.of(), List.of(), List.of(),
                List.of(), List.of());
    }

    public LimitOptions {
        readBytesPerSecond = List.copyOf(readBytesPerSecond);
        writeBytesPerSecond = List.copyOf(writeBytesPerSecond);
        readOperationsPerSecond = List.copyOf(readOperationsPerSecond);
        writeOperationsPerSecond = List.copyOf(writeOperationsPerSecond);
        hugepages = List.copyOf(hugepages);
    }

    /**
     * What the machine offers.
     *
     * @param processors         how many there are
     * @param swapAccounting     whether swap can be limited
     * @param hugePageAccounting whether huge pages can be limited
     * @param limits             whether there are limits nobody asked for: not where they could not be kept
     */
    public record Machine(int processors, boolean swapAccounting, boolean hugePageAccounting,
            boolean limits) {}

    /**
     * The limits as the spec has them.
     *
     * @param devices rules to go with them
     * @throws LimitException with every option that is out of range or contradicts another
     */
    public Resources resources(Machine machine, List<DeviceRule> devices) throws LimitException {
        List<String> problems = new ArrayList<>();
        Memory memory = memory(machine, problems);
        Cpu cpu = cpu(machine, problems);
        if (blkioWeight != 0 && (blkioWeight < 10 || blkioWeight > 1000)) {
            problems.add("--blkio-weight " + blkioWeight + ": give 10 to 1000");
        }
        if (pids < -1) {
            problems.add("--pids-limit " + pids + ": give a number above 0, or -1 for no limit");
        }
        if (!problems.isEmpty()) {
            throw new LimitException(problems);
        }
        BlockIo io = new BlockIo(
                blkioWeight == 0 ? OptionalInt.empty() : OptionalInt.of(blkioWeight),
                OptionalInt.empty(), List.of(), readBytesPerSecond, writeBytesPerSecond,
                readOperationsPerSecond, writeOperationsPerSecond);
        return new Resources(devices, memory, cpu, given(pids), io, hugepages, Map.of());
    }

    private Memory memory(Machine machine, List<String> problems) {
        if (memoryBytes != 0 && memoryBytes < LEAST_MEMORY_BYTES) {
            problems.add("--memory " + memoryBytes + ": give at least 6m");
        }
        if (memoryReservationBytes < 0
                || (memoryBytes > 0 && memoryReservationBytes > memoryBytes)) {
            problems.add("--memory-reservation " + memoryReservationBytes
                    + ": give less than --memory " + memoryBytes);
        }
        if (memorySwapBytes > 0 && memoryBytes == 0) {
            problems.add("--memory-swap needs --memory: it is the sum of memory and swap");
        } else if (memorySwapBytes < -1
                || (memorySwapBytes > 0 && memorySwapBytes < memoryBytes)) {
            problems.add("--memory-swap " + memorySwapBytes + ": it is the sum of memory and swap;"
                    + " give at least --memory " + memoryBytes + ", or -1 for any swap");
        }
        if (memorySwapBytes != 0 && !machine.swapAccounting()) {
            problems.add(
                    "--memory-swap: this kernel does not count swap (boot with swapaccount=1)");
        }
        int wantedSwappiness = swappiness.orElse(-1);
        if (wantedSwappiness < -1 || wantedSwappiness > 100) {
            problems.add("--memory-swappiness " + wantedSwappiness + ": give 0 to 100");
        }
        if (oomKillDisable && memoryBytes == 0) {
            problems.add("--oom-kill-disable needs --memory, or the whole machine may stop");
        }
        return new Memory(given(memoryBytes), given(memoryReservationBytes), swap(machine),
                OptionalLong.empty(), OptionalLong.empty(),
                wantedSwappiness < 0 ? OptionalInt.empty() : swappiness, oomKillDisable);
    }

    /** Not given means as much swap as memory, where the kernel can count it. */
    private OptionalLong swap(Machine machine) {
        if (memorySwapBytes != 0 || memoryBytes <= 0 || !machine.swapAccounting()) {
            return given(memorySwapBytes);
        }
        return OptionalLong.of(memoryBytes > Long.MAX_VALUE / 2 ? -1 : 2 * memoryBytes);
    }

    private Cpu cpu(Machine machine, List<String> problems) {
        if (cpuShares != 0 && (cpuShares < CpuShares.LEAST || cpuShares > CpuShares.MOST)) {
            problems.add("--cpu-shares " + cpuShares + ": give 2 to 262144");
        }
        if (cpuPeriodMicros != 0 && (cpuPeriodMicros < LEAST_PERIOD_MICROS
                || cpuPeriodMicros > MOST_PERIOD_MICROS)) {
            problems.add("--cpu-period " + cpuPeriodMicros + ": give 1000 to 1000000 microseconds");
        }
        if (cpuQuotaMicros < -1 || (cpuQuotaMicros > 0 && cpuQuotaMicros < LEAST_PERIOD_MICROS)) {
            problems.add("--cpu-quota " + cpuQuotaMicros
                    + ": give at least 1000 microseconds, or -1 for no limit");
        }
        OptionalLong quota = given(cpuQuotaMicros);
        OptionalLong period = given(cpuPeriodMicros);
        if (cpus.isPresent() && cpus.get().signum() != 0) {
            if (quota.isPresent() || period.isPresent()) {
                problems.add("--cpus is --cpu-quota and --cpu-period in one; give either");
            }
            BigDecimal most = BigDecimal.valueOf(machine.processors());
            if (cpus.get().compareTo(LEAST_CPUS) < 0 || cpus.get().compareTo(most) > 0) {
                problems.add("--cpus " + cpus.get().toPlainString() + ": give 0.01 to "
                        + machine.processors() + ", the processors of this machine");
            } else {
                quota = OptionalLong.of(cpus.get().multiply(BigDecimal.valueOf(PERIOD_MICROS))
                        .setScale(0, RoundingMode.HALF_UP).longValue());
                period = OptionalLong.of(PERIOD_MICROS);
            }
        }
        cpusetCpus.ifPresent(text -> processors(machine, text, problems));
        cpusetMems.filter(text -> ProcessorSet.parse(text).isEmpty()).ifPresent(text ->
                problems.add("--cpuset-mems " + text + ": give memory nodes like 0-1,3"));
        return Cpu.limited(given(cpuShares), quota, period, cpusetCpus, cpusetMems);
    }

    private static void processors(Machine machine, String text, List<String> problems) {
        Optional<BitSet> set = ProcessorSet.parse(text);
        if (set.isEmpty()) {
            problems.add("--cpuset-cpus " + text + ": give processors like 0-3,7");
        } else if (set.get().length() > machine.processors()) {
            problems.add("--cpuset-cpus " + text + ": this machine has processors 0 to "
                    + (machine.processors() - 1));
        }
    }

    private static OptionalLong given(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
