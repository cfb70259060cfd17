package cli.command;

import api.cluster.Autoscaling;
import api.cluster.MetricQuery;
import api.cluster.ScaleStep;
import api.cluster.ScaleTarget;
import api.cluster.Scaling;
import api.cluster.Service;
import cli.render.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a service is scaled by itself, as values for JSON and YAML. */
final class AutoscalingFacts {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private AutoscalingFacts() {}

    /** What is wanted. */
    static Map<String, Object> of(Autoscaling autoscaling) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Minimum", autoscaling.getMinimum());
        facts.put("Maximum", autoscaling.getMaximum());
        List<Object> targets = new ArrayList<>();
        for (ScaleTarget target : autoscaling.getTargetsList()) {
            targets.add(target(target));
        }
        facts.put("Targets", targets);
        facts.put("UpWindow", autoscaling.getUpWindowMillis() * NANOS_PER_MILLI);
        facts.put("DownWindow", autoscaling.getDownWindowMillis() * NANOS_PER_MILLI);
        facts.put("UpStep", step(autoscaling.getUpStep()));
        facts.put("DownStep", step(autoscaling.getDownStep()));
        return facts;
    }

    /** What came of it, the last time first. */
    static List<Object> scalings(Service service) {
        List<Object> scalings = new ArrayList<>();
        for (Scaling each : service.getScalingsList()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("At", Times.stamp(each.getAtMillis() * NANOS_PER_MILLI));
            facts.put("From", each.getFrom());
            facts.put("To", each.getTo());
            facts.put("Why", each.getWhy());
            scalings.add(facts);
        }
        return scalings;
    }

    private static Map<String, Object> target(ScaleTarget target) {
        Map<String, Object> facts = new LinkedHashMap<>();
        switch (target.getIsCase()) {
            case CPU -> facts.put("CPUPercent", target.getCpu());
            case MEMORY -> facts.put("MemoryPercent", target.getMemory());
            case METRIC -> {
                MetricQuery query = target.getMetric().getQuery();
                Map<String, Object> metric = new LinkedHashMap<>();
                metric.put("Service", target.getMetric().getService());
                metric.put("Port", query.getPort());
                metric.put("Path", query.getPath());
                metric.put("Name", query.getName());
                metric.put("Labels", new TreeMap<String, Object>(query.getLabelsMap()));
                metric.put("Rate", query.getRate());
                metric.put("Average", target.getMetric().getAverage());
                facts.put("Metric", metric);
            }
            case IS_NOT_SET -> { }
        }
        return facts;
    }

    private static Map<String, Object> step(ScaleStep step) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Percent", step.getPercent());
        facts.put("Tasks", step.getTasks());
        facts.put("Period", step.getPeriodMillis() * NANOS_PER_MILLI);
        return facts;
    }
}
