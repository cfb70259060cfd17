package clusterd.scheduler;

import clusterd.model.HostPort;
import clusterd.model.Resources;
import clusterd.model.ServiceId;
import java.util.List;

/**
 * What a task takes of its node.
 *
 * @param service     whose task
 * @param project     it counts against
 * @param priority    of the service
 * @param reservation taken
 * @param ports       taken
 * @param alive       whether it fills a place of its service, rather than being about to end
 */
record Held(ServiceId service, String project, int priority, Resources reservation, List<HostPort> ports,
        boolean alive) {
}
