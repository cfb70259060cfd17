package clusterd.session;

import clusterd.model.MetricQuery;
import clusterd.model.ServiceId;
import java.util.List;

/**
 * What tasks of a service are to be asked for.
 *
 * @param service whose
 * @param queries each once
 */
public record ServiceMetrics(ServiceId service, List<MetricQuery> queries) {
    /** Copies the list. */
    public ServiceMetrics {
        queries = List.copyOf(queries);
    }
}
