package runtime.cgroup;

import java.util.Arrays;
import java.util.OptionalLong;
import linux.proc.NumberScan;

/**
 * What one container used at one moment: a number per {@link Counter}, absent where the host does not keep
 * it. A row of longs, since hundreds are made each second.
 */
public final class Usage {
    /** No counter at all. */
    public static final Usage NOTHING = new Usage(emptyRow());

    private final long[] values;

    private Usage(long[] values) {
        this.values = values;
    }

    /** A row to read counters into ({@link CounterFile#read}), all absent. */
    public static long[] emptyRow() {
        long[] row = new long[Counter.values().length];
        Arrays.fill(row, NumberScan.ABSENT);
        return row;
    }

    /** Takes a row, which belongs to the result from now on. */
    public static Usage of(long[] row) {
        return new Usage(row);
    }

    /** One counter. */
    public OptionalLong get(Counter counter) {
        long value = values[counter.ordinal()];
        return value == NumberScan.ABSENT ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Memory in use without the page cache that could go at once, as docker shows it. */
    public OptionalLong workingSetBytes() {
        long used = values[Counter.MEMORY_BYTES.ordinal()];
        long inactive = Math.max(0, values[Counter.MEMORY_INACTIVE_BYTES.ordinal()]);
        return used == NumberScan.ABSENT ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, used - inactive));
    }

    /**
     * The processor time between an earlier moment and this one, as a share of the time between: 10,000 is
     * one processor busy all the time.
     *
     * @param elapsedNanos by a clock that never jumps
     * @return absent if either moment has no such counter, no time has passed, or the counter went back:
     *     the container was started anew
     */
    public OptionalLong cpuHundredthsPercent(Usage earlier, long elapsedNanos) {
        long before = earlier.values[Counter.CPU_NANOS.ordinal()];
        long after = values[Counter.CPU_NANOS.ordinal()];
        if (before == NumberScan.ABSENT || after < before || elapsedNanos <= 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.round((after - before) * 10_000.0 / elapsedNanos));
    }
}
