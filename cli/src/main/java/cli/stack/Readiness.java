package cli.stack;

import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.Dependency;
import clusterd.model.Mode;
import clusterd.model.RestartPolicy;
import clusterd.model.TaskState;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far a service is from what others wait for.
 *
 * @param done    whether it has come about
 * @param failure why it will not; {@code ""} if it may
 */
public record Readiness(boolean done, String failure) {
    /** So many tasks in vain are enough. */
    private static final int MOST_FAILURES = 5;
    private static final Set<TaskState> AMISS = Set.of(TaskState.FAILED, TaskState.REJECTED, TaskState.ORPHANED);
    private static final Readiness NOT_YET = new Readiness(false, "");
    private static final Readiness DONE = new Readiness(true, "");

    /**
     * A task of the service.
     *
     * @param state         it has come to
     * @param wanted        whether it shall run, or has run as it should; not one that was told to end
     * @param createdMillis since 1970
     * @param error         why it does not run; {@code ""} if it does
     */
    public record Seen(TaskState state, boolean wanted, long createdMillis, String error) {
        private boolean isOver() {
            return state.compareTo(TaskState.COMPLETE) >= 0;
        }
    }

    /** Looks at a service's tasks, those of earlier specs left out. */
    public static Readiness of(Dependency.Condition condition, ComposeService service, List<Seen> tasks) {
        boolean waits = tasks.stream().anyMatch(each -> each.wanted() && !each.isOver());
        boolean reached = switch (condition) {
            case STARTED -> wantsNone(service.mode()) || tasks.stream().anyMatch(each -> each.wanted()
                    && (each.state() == TaskState.STARTING || each.state() == TaskState.RUNNING
                            || each.state() == TaskState.COMPLETE));
            case HEALTHY -> wantsNone(service.mode()) || tasks.stream().anyMatch(each -> each.wanted()
                    && each.state() == TaskState.RUNNING) && tasks.stream().noneMatch(each -> each.wanted()
                            && each.state().compareTo(TaskState.RUNNING) < 0);
            case COMPLETED -> !waits && completed(tasks) >= wantedCompletions(service.mode());
        };
        if (reached) {
            return DONE;
        }
        long failed = tasks.stream().filter(each -> AMISS.contains(each.state())).count();
        boolean running = tasks.stream().anyMatch(each -> each.wanted()
                && (each.state() == TaskState.RUNNING || each.state() == TaskState.STARTING));
        if (failed >= enough(service.restart()) && !running) {
            return new Readiness(false, lastError(tasks).orElse("its tasks failed"));
        }
        if (condition == Dependency.Condition.HEALTHY && !waits && completed(tasks) > 0
                && service.restart().condition() != RestartPolicy.Condition.ANY) {
            return new Readiness(false, "it ended before it was healthy");
        }
        return NOT_YET;
    }

    /** Whether all tasks have ended and none follows. */
    public static boolean isOver(ComposeService service, List<Seen> tasks) {
        boolean waits = tasks.stream().anyMatch(each -> each.wanted() && !each.isOver());
        return !waits && service.restart().condition() != RestartPolicy.Condition.ANY
                && (of(Dependency.Condition.COMPLETED, service, tasks).done()
                        || !of(Dependency.Condition.COMPLETED, service, tasks).failure().isEmpty());
    }

    /**
     * The project as {@code up} starts it: a service that others wait to have ended well is not started again after that,
     * as its author means it.
     */
    public static ComposeProject endingWhereWaitedFor(ComposeProject project) {
        Set<String> awaited = project.services().values().stream().flatMap(each -> each.dependencies().stream())
                .filter(each -> each.condition() == Dependency.Condition.COMPLETED).map(Dependency::service)
                .collect(Collectors.toSet());
        Map<String, ComposeService> services = new LinkedHashMap<>();
        project.services().forEach((name, service) -> {
            RestartPolicy policy = service.restart();
            boolean again = policy.condition() == RestartPolicy.Condition.ANY;
            services.put(name, awaited.contains(name) && again ? service.with(new RestartPolicy(
                    RestartPolicy.Condition.NONE, policy.delayMillis(), 0, 0)) : service);
        });
        return project.with(services);
    }

    private static boolean wantsNone(Mode mode) {
        return mode instanceof Mode.Replicated replicated && replicated.replicas() == 0
                || mode instanceof Mode.Cron;
    }

    private static long wantedCompletions(Mode mode) {
        return switch (mode) {
            case Mode.Replicated replicated -> replicated.replicas();
            case Mode.Job job -> job.completions();
            case Mode.Global global -> 1;
            case Mode.GlobalJob globalJob -> 1;
            case Mode.PerSite perSite -> perSite.replicas();
            case Mode.Cron cron -> 0;
        };
    }

    private static long completed(List<Seen> tasks) {
        return tasks.stream().filter(each -> each.wanted() && each.state() == TaskState.COMPLETE).count();
    }

    private static int enough(RestartPolicy policy) {
        return switch (policy.condition()) {
            case NONE -> 1;
            case ANY, ON_FAILURE -> policy.maxAttempts() == 0 ? MOST_FAILURES
                    : Math.min(MOST_FAILURES, policy.maxAttempts() + 1);
        };
    }

    private static Optional<String> lastError(List<Seen> tasks) {
        return tasks.stream().filter(each -> AMISS.contains(each.state()) && !each.error().isEmpty())
                .max(Comparator.comparingLong(Seen::createdMillis)).map(Seen::error);
    }
}
