package clusterd.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import runtime.metrics.MetricsSink;

/** How often something took how long, in buckets. Safe for use by several threads. */
public final class Durations {
    /** From half a millisecond, a write to a fast disk, to ten seconds, an election in trouble. */
    private static final List<Double> BOUNDS_SECONDS = List.of(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
            0.25, 0.5, 1.0, 2.5, 5.0, 10.0, Double.POSITIVE_INFINITY);
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongAdder[] counts =
            Stream.generate(LongAdder::new).limit(BOUNDS_SECONDS.size()).toArray(LongAdder[]::new);
    private final LongAdder sumNanos = new LongAdder();

    /** It took so long once more. */
    public void add(long nanos) {
        double seconds = nanos / NANOS_PER_SECOND;
        int bucket = 0;
        while (seconds > BOUNDS_SECONDS.get(bucket)) {
            bucket++;
        }
        counts[bucket].increment();
        sumNanos.add(nanos);
    }

    /** So far. */
    public MetricsSink.Histogram histogram() {
        return new MetricsSink.Histogram(BOUNDS_SECONDS, Arrays.stream(counts).map(LongAdder::sum).toList(),
                sumNanos.sum() / NANOS_PER_SECOND);
    }
}
