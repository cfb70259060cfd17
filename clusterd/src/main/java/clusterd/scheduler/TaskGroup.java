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
 * @param site        they must be in; {@code ""} = any
 */
public record TaskGroup(Service service, long specVersion, List<Task> tasks, String site) {
    /** Copies the list. */
    public TaskGroup {
        tasks = List.copyOf(tasks);
    }

    /** Of tasks that may be in any site. */
    public TaskGroup(Service service, long specVersion, List<Task> tasks) {
        this(service, specVersion, tasks, "");
    }

    /** What each is, and where it must be. */
    TaskTemplate template() {
        TaskTemplate template = service.template(specVersion);
        return site.isEmpty() ? template : template.with(template.placement().within(site));
    }
}
