package runtime.container;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import runtime.container.ContainerOptions.Limits;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.Memory;

/** From the limits there are to those that are wanted. */
final class LimitChange {
    private static final long STANDARD_SHARES = 1024;
    private static final long STANDARD_PERIOD_MICROS = 100_000;

    private LimitChange() {}

    /** The limits with what is given in place of what there was; of two ways to say one thing, the given. */
    static Limits of(Limits present, Limits given) {
        boolean time = given.nanoCpus() != 0 || given.cpuPeriodMicros() != 0
                || given.cpuQuotaMicros() != 0;
        boolean memory = given.memoryBytes() != 0;
        return new Limits(
                first(given.memoryBytes(), present.memoryBytes()),
                memory && given.memorySwapBytes() == 0 && present.memorySwapBytes() >= 0
                        ? swap(present, given) : first(given.memorySwapBytes(), present.memorySwapBytes()),
                first(given.memoryReservationBytes(), present.memoryReservationBytes()),
                given.memorySwappiness().isPresent() ? given.memorySwappiness()
                        : present.memorySwappiness(),
                present.oomKillDisable(),
                time ? given.nanoCpus() : present.nanoCpus(),
                first(given.cpuShares(), present.cpuShares()),
                time ? quota(given.nanoCpus(), given.cpuPeriodMicros(), present.cpuPeriodMicros())
                        : present.cpuPeriodMicros(),
                time ? quota(given.nanoCpus(), given.cpuQuotaMicros(), present.cpuQuotaMicros())
                        : present.cpuQuotaMicros(),
                given.cpusetCpus().isEmpty() ? present.cpusetCpus() : given.cpusetCpus(),
                given.cpusetMems().isEmpty() ? present.cpusetMems() : given.cpusetMems(),
                given.pids().isPresent() ? given.pids() : present.pids(),
                (int) first(given.ioWeight(), present.ioWeight()),
                given.ioRates().isEmpty() ? present.ioRates() : given.ioRates(),
                given.hugetlb().isEmpty() ? present.hugetlb() : given.hugetlb(),
                present.ulimits());
    }

    /** One that was said of the memory there was, and is no longer possible, follows the new memory. */
    private static long swap(Limits present, Limits given) {
        return given.memoryBytes() > 0 && present.memorySwapBytes() >= given.memoryBytes()
                ? present.memorySwapBytes() : 0;
    }

    private static long quota(long nanoCpus, long given, long present) {
        return nanoCpus != 0 ? 0 : first(given, present);
    }

    private static long first(long given, long present) {
        return given != 0 ? given : present;
    }

    /** Only what changes; a limit that falls away is one without bound. */
    static Resources between(Resources from, Resources to) {
        return new Resources(List.of(), memory(from.memory(), to.memory()), cpu(from.cpu(), to.cpu()),
                number(from.pids(), to.pids(), -1),
                from.blockIo().equals(to.blockIo()) ? BlockIo.none() : to.blockIo(),
                from.hugepageLimits().equals(to.hugepageLimits()) ? List.of() : to.hugepageLimits(),
                from.unified().equals(to.unified()) ? Map.of() : to.unified());
    }

    private static Memory memory(Memory from, Memory to) {
        if (from.equals(to)) {
            return Memory.none();
        }
        return new Memory(number(from.limit(), to.limit(), -1),
                number(from.reservation(), to.reservation(), -1),
                number(from.swap(), to.swap(), -1), OptionalLong.empty(), OptionalLong.empty(),
                from.swappiness().equals(to.swappiness()) ? OptionalInt.empty() : to.swappiness(),
                false);
    }

    private static Cpu cpu(Cpu from, Cpu to) {
        return new Cpu(number(from.shares(), to.shares(), STANDARD_SHARES),
                number(from.quotaMicros(), to.quotaMicros(), -1), OptionalLong.empty(),
                number(from.periodMicros(), to.periodMicros(), STANDARD_PERIOD_MICROS),
                OptionalLong.empty(), OptionalLong.empty(), text(from.cpus(), to.cpus()),
                text(from.mems(), to.mems()), OptionalLong.empty());
    }

    private static OptionalLong number(OptionalLong from, OptionalLong to, long unbounded) {
        if (from.equals(to)) {
            return OptionalLong.empty();
        }
        return to.isPresent() ? to : OptionalLong.of(unbounded);
    }

    private static Optional<String> text(Optional<String> from, Optional<String> to) {
        return from.equals(to) ? Optional.empty() : to;
    }
}
