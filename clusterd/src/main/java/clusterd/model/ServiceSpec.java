package clusterd.model;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
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
 * @param autoscaling how the number of tasks follows what they have to do; empty: it is the user's alone
 * @param endpoint    how it is reached in its networks; empty = as is usual
 */
public record ServiceSpec(String name, SortedMap<String, String> labels, String project, int priority,
        Mode mode, TaskTemplate task, UpdatePolicy update, UpdatePolicy rollback,
        Optional<Autoscaling> autoscaling, Optional<ServiceEndpoint> endpoint) {
    /** The project of who names none. */
    public static final String STANDARD_PROJECT = "default";

    /** Copies the labels. */
    public ServiceSpec {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        // What is usual is not written down, so that states of before there was a choice stay the same, bit by bit.
        endpoint = endpoint.filter(each -> !each.equals(ServiceEndpoint.STANDARD));
    }

    /** One whose number of tasks is the user's alone. */
    public ServiceSpec(String name, SortedMap<String, String> labels, String project, int priority, Mode mode,
            TaskTemplate task, UpdatePolicy update, UpdatePolicy rollback) {
        this(name, labels, project, priority, mode, task, update, rollback, Optional.empty());
    }

    /** One that has a virtual address in each of its networks. */
    public ServiceSpec(String name, SortedMap<String, String> labels, String project, int priority, Mode mode,
            TaskTemplate task, UpdatePolicy update, UpdatePolicy rollback, Optional<Autoscaling> autoscaling) {
        this(name, labels, project, priority, mode, task, update, rollback, autoscaling, Optional.empty());
    }

    /** A service without labels, of ordinary priority, rolled out as is usual. */
    public static ServiceSpec of(String name, Mode mode, TaskTemplate task) {
        return new ServiceSpec(name, new TreeMap<>(), STANDARD_PROJECT, 0, mode, task,
                UpdatePolicy.STANDARD, UpdatePolicy.STANDARD);
    }

    /** The same in another mode. */
    public ServiceSpec with(Mode other) {
        return new ServiceSpec(name, labels, project, priority, other, task, update, rollback, autoscaling,
                endpoint);
    }

    /** The same of other tasks. */
    public ServiceSpec with(TaskTemplate other) {
        return new ServiceSpec(name, labels, project, priority, mode, other, update, rollback, autoscaling,
                endpoint);
    }

    /** The same rolled out otherwise. */
    public ServiceSpec withUpdate(UpdatePolicy other) {
        return new ServiceSpec(name, labels, project, priority, mode, task, other, rollback, autoscaling,
                endpoint);
    }

    /** The same of another priority. */
    public ServiceSpec withPriority(int other) {
        return new ServiceSpec(name, labels, project, other, mode, task, update, rollback, autoscaling,
                endpoint);
    }

    /** The same, scaled otherwise or not at all. */
    public ServiceSpec with(Optional<Autoscaling> other) {
        return new ServiceSpec(name, labels, project, priority, mode, task, update, rollback, other, endpoint);
    }

    /** The same, reached otherwise. */
    public ServiceSpec with(ServiceEndpoint other) {
        return new ServiceSpec(name, labels, project, priority, mode, task, update, rollback, autoscaling,
                Optional.of(other));
    }

    /** How it is reached in its networks. */
    public ServiceEndpoint reached() {
        return endpoint.orElse(ServiceEndpoint.STANDARD);
    }

    /** The number that scaling is about: replicas, or tasks of a job at once; empty of a mode without one. */
    public OptionalInt scale() {
        return switch (mode) {
            case Mode.Replicated replicated -> OptionalInt.of(replicated.replicas());
            case Mode.Job job -> OptionalInt.of(job.parallelism());
            case Mode.Global global -> OptionalInt.empty();
            case Mode.Cron cron -> OptionalInt.empty();
            case Mode.PerSite perSite -> OptionalInt.empty();
            case Mode.GlobalJob globalJob -> OptionalInt.empty();
        };
    }

    /** The same with another such number; as it is, if its mode has none. */
    public ServiceSpec scaledTo(int count) {
        return switch (mode) {
            case Mode.Replicated replicated -> with(new Mode.Replicated(count, replicated.unique()));
            case Mode.Job job -> with(new Mode.Job(job.completions(), count));
            case Mode.Global global -> this;
            case Mode.Cron cron -> this;
            case Mode.PerSite perSite -> this;
            case Mode.GlobalJob globalJob -> this;
        };
    }
}
