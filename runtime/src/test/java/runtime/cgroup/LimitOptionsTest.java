package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import runtime.cgroup.LimitOptions.Machine;
import runtime.spec.Resources;

class LimitOptionsTest {
    private static final Machine MACHINE = new Machine(4, true, true, true);
    private static final long MEGABYTE = 1 << 20;

    private static LimitOptions memory(long memory, long reservation, long swap) {
        return new LimitOptions(memory, reservation, swap, OptionalInt.empty(), false,
                Optional.empty(), 0, 0, 0, Optional.empty(), Optional.empty(), 0, 0, List.of(),
                List.of(), List.of(), List.of(), List.of());
    }

    private static LimitOptions cpu(
            String cpus, long shares, long period, long quota, String cpuset, long pids) {
        return new LimitOptions(0, 0, 0, OptionalInt.empty(), false,
                Optional.ofNullable(cpus).map(BigDecimal::new), shares, period, quota,
                Optional.ofNullable(cpuset), Optional.empty(), pids, 0, List.of(), List.of(),
                List.of(), List.of(), List.of());
    }

    @Test
    void nothingGivenLimitsNothing() throws LimitException {
        assertEquals(Resources.none(), LimitOptions.none().resources(MACHINE, List.of()));
    }

    @Test
    void swapIsAsMuchAsMemoryUnlessGiven() throws LimitException {
        assertEquals(OptionalLong.of(20 * MEGABYTE),
                memory(10 * MEGABYTE, 0, 0).resources(MACHINE, List.of()).memory().swap());
        assertEquals(OptionalLong.of(-1),
                memory(10 * MEGABYTE, 0, -1).resources(MACHINE, List.of()).memory().swap());
        assertEquals(OptionalLong.of(10 * MEGABYTE), memory(10 * MEGABYTE, 0, 10 * MEGABYTE)
                .resources(MACHINE, List.of()).memory().swap());
        assertEquals(OptionalLong.empty(), memory(10 * MEGABYTE, 0, 0)
                .resources(new Machine(4, false, true, true), List.of()).memory().swap());
    }

    @Test
    void cpusBecomeQuotaAndPeriod() throws LimitException {
        Resources.Cpu cpu =
                cpu("1.5", 0, 0, 0, "0-2", 5).resources(MACHINE, List.of()).cpu();
        assertEquals(OptionalLong.of(150_000), cpu.quotaMicros());
        assertEquals(OptionalLong.of(100_000), cpu.periodMicros());
        assertEquals(Optional.of("0-2"), cpu.cpus());
    }

    @Test
    void everyProblemIsNamed() {
        for (LimitOptions options : List.of(memory(MEGABYTE, 0, 0), memory(0, 0, 5),
                memory(10 * MEGABYTE, 11 * MEGABYTE, 0), memory(10 * MEGABYTE, 0, 5),
                memory(10 * MEGABYTE, 0, -2), memory(-5, 0, 0), memory(0, -1, 0),
                cpu("5", 0, 0, 0, null, 0), cpu("0.001", 0, 0, 0, null, 0),
                cpu("-1", 0, 0, 0, null, 0), cpu("1", 0, 0, 1000, null, 0),
                cpu(null, 1, 0, 0, null, 0), cpu(null, 300_000, 0, 0, null, 0),
                cpu(null, 0, 5, 0, null, 0), cpu(null, 0, 0, 5, null, 0),
                cpu(null, 0, 0, 0, "0-4", 0), cpu(null, 0, 0, 0, "2-1", 0),
                cpu(null, 0, 0, 0, "a", 0), cpu(null, 0, 0, 0, "", 0),
                cpu(null, 0, 0, 0, "99999", 0), cpu(null, 0, 0, 0, null, -2))) {
            LimitException failure = assertThrows(LimitException.class,
                    () -> options.resources(MACHINE, List.of()), options.toString());
            assertTrue(failure.getMessage().startsWith("--"), failure.getMessage());
        }
        LimitException both = assertThrows(LimitException.class,
                () -> cpu("9", 1, 0, 0, "x", -9).resources(MACHINE, List.of()));
        assertEquals(4, both.getMessage().lines().count());
    }

    @Test
    void sharesBecomeWeights() {
        assertEquals(1, CpuShares.toWeight(2));
        assertEquals(1, CpuShares.toWeight(0));
        assertEquals(100, CpuShares.toWeight(1024));
        assertEquals(10_000, CpuShares.toWeight(262_144));
        for (long shares = 2; shares < 262_144; shares += 97) {
            long weight = CpuShares.toWeight(shares);
            assertTrue(weight >= 1 && weight <= 10_000
                    && weight <= CpuShares.toWeight(shares + 97), "at " + shares);
        }
    }
}
