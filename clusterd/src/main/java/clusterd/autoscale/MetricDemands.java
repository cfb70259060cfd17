package clusterd.autoscale;

import clusterd.model.MetricQuery;
import clusterd.model.ScaleTarget;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.session.ServiceMetrics;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What tasks are to be asked for, since some service follows it. */
public final class MetricDemands {
    private MetricDemands() {
    }

    /** Whether any service follows what its tasks have to do. */
    public static boolean any(ClusterState state) {
        return state.services().stream().anyMatch(MetricDemands::isScaled);
    }

    /** In the order of the services' ids. */
    public static List<ServiceMetrics> of(ClusterState state) {
        Map<ServiceId, Set<MetricQuery>> queries = new TreeMap<>();
        for (Service service : state.services()) {
            if (isScaled(service)) {
                service.spec().autoscaling().orElseThrow().targets().forEach(target -> {
                    if (target instanceof ScaleTarget.Metric metric) {
                        asked(service, metric, state).ifPresent(each ->
                                queries.computeIfAbsent(each.id(), key -> new LinkedHashSet<>()).add(metric.query()));
                    }
                });
            }
        }
        List<ServiceMetrics> metrics = new ArrayList<>();
        queries.forEach((service, its) -> metrics.add(new ServiceMetrics(service, List.copyOf(its))));
        return metrics;
    }

    private static Optional<Service> asked(Service service, ScaleTarget.Metric metric, ClusterState state) {
        return metric.service().isEmpty() ? Optional.of(service) : state.service(metric.service());
    }

    private static boolean isScaled(Service service) {
        return !service.removed() && service.spec().autoscaling().isPresent();
    }
}
