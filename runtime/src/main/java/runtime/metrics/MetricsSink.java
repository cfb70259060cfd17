package runtime.metrics;

import java.util.List;
import java.util.Map;

/** Takes values of another part of this process, for Prometheus. */
public interface MetricsSink {
    /**
     * A value.
     *
     * @param name   one that ends in {@code _total} is a counter, any other a gauge
     * @param help   what it is, the same for each value of the name
     * @param labels tell the values of one name apart
     */
    void value(String name, String help, Map<String, String> labels, double value);

    /** A value that is the only one of its name. */
    default void value(String name, String help, double value) {
        value(name, help, Map.of(), value);
    }

    /** How often something took how long; the only one of its name. */
    void histogram(String name, String help, Histogram histogram);

    /**
     * How often something took how long.
     *
     * @param upperBoundsSeconds of the buckets, growing; the last is infinite
     * @param counts             of each bucket alone
     * @param sumSeconds         of everything
     */
    record Histogram(List<Double> upperBoundsSeconds, List<Long> counts, double sumSeconds) {
        /** Copies the lists. */
        public Histogram {
            upperBoundsSeconds = List.copyOf(upperBoundsSeconds);
            counts = List.copyOf(counts);
            if (upperBoundsSeconds.size() != counts.size()) {
                throw new IllegalArgumentException(upperBoundsSeconds.size() + " bounds for " + counts.size()
                        + " counts");
            }
        }
    }
}
