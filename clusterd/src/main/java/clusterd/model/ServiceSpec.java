package clusterd.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a user wants of a service.
 *
 * @param name     unique in the cluster: lower-case letters, digits, {@code -} and {@code .}
 * @param labels   the user's own
 * @param project  whose quota it counts against
 * @param priority a higher one may take the place of lower ones
 * @param mode     how many tasks
 * @param task     what each is
 * @param update   how a change is rolled out
 * @param rollback how it is taken back
 */
public record ServiceSpec(String name, SortedMap<String, String> labels, String project, int priority,
        Mode mode, TaskTemplate task, UpdatePolicy update, UpdatePolicy rollback) {
    /** The project of who names none. */
    public static final String STANDARD_PROJECT = "default";

    /** Copies the labels. */
    public ServiceSpec {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** A service without labels, of ordinary priority, rolled out as is usual. */
    public static ServiceSpec of(String name, Mode mode, TaskTemplate task) {
        return new ServiceSpec(name, new TreeMap<>(), STANDARD_PROJECT, 0, mode, task,
                UpdatePolicy.STANDARD, UpdatePolicy.STANDARD);
    }

    /** The same in another mode. */
    public ServiceSpec with(Mode other) {
        return new ServiceSpec(name, labels, project, priority, other, task, update, rollback);
    }

    /** The same of other tasks. */
    public ServiceSpec with(TaskTemplate other) {
        return new ServiceSpec(name, labels, project, priority, mode, other, update, rollback);
    }

    /** The same rolled out otherwise. */
    public ServiceSpec withUpdate(UpdatePolicy other) {
        return new ServiceSpec(name, labels, project, priority, mode, task, other, rollback);
    }

    /** The same of another priority. */
    public ServiceSpec withPriority(int other) {
        return new ServiceSpec(name, labels, project, other, mode, task, update, rollback);
    }
}
