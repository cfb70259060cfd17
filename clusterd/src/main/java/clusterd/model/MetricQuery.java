package clusterd.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A number of a task's own HTTP endpoint that speaks Prometheus' text format.
 *
 * @param port   of the container
 * @param path   of the endpoint: {@code /metrics}
 * @param name   of the metric
 * @param labels which a sample must have, with these values; all samples that do are added up
 * @param rate   whether it counts upwards, and the growth in a second is meant
 */
public record MetricQuery(int port, String path, String name, SortedMap<String, String> labels, boolean rate) {
    /** Copies the labels. */
    public MetricQuery {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** As Prometheus would be asked: {@code rate(requests_total{code="200"})}. */
    @Override
    public String toString() {
        String selected = labels.isEmpty() ? name : name + labels.entrySet().stream()
                .map(each -> each.getKey() + "=\"" + each.getValue() + "\"").collect(Collectors.joining(",", "{", "}"));
        return rate ? "rate(" + selected + ")" : selected;
    }
}
