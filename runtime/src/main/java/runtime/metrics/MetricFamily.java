package runtime.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values of one name, told apart by their labels. */
final class MetricFamily {
    private static final String TOTAL = "_total";

    private final String name;
    private final String help;
    private final Map<Labels, Double> points = new LinkedHashMap<>();

    /** @param name one that ends in {@code _total} is a counter, any other a gauge */
    MetricFamily(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** A value; of two with the same labels, as after a link was renamed, the last one counts. */
    void add(Labels labels, double value) {
        points.put(labels, value);
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    /** As the library has it. */
    MetricSnapshot snapshot() {
        if (!name.endsWith(TOTAL)) {
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
            points.forEach((labels, value) -> gauge.dataPoint(
                    GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
            return gauge.build();
        }
        CounterSnapshot.Builder counter = CounterSnapshot.builder().help(help)
                .name(name.substring(0, name.length() - TOTAL.length()));
        points.forEach((labels, value) -> counter.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
        return counter.build();
    }
}
