package clusterd.scheduler;

import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskTemplate;
import java.util.List;

/**
 * Equal tasks of one service that want a node: filters are asked about them once.
 *
 * @param service     whose
 * @param specVersion of their template
 * @param tasks       the first to be placed first
 */
public record TaskGroup(Service service, long specVersion, List<Task> tasks) {
    /** Copies the list. */
    public TaskGroup {
        tasks = List.copyOf(tasks);
    }

    /** What each is. */
    TaskTemplate template() {
        return service.template(specVersion);
    }
}
