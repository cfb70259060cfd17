package clusterd.reconcile;

import clusterd.model.RestartPolicy;
import clusterd.model.Task;
import clusterd.model.TaskState;
import java.util.List;

/** Whether, and when, a place whose task has ended gets another. */
sealed interface RestartStep {
    /** It does, not before a time. */
    record Again(long notBeforeMillis, String reason) implements RestartStep {
    }

    /** It does not. */
    record Over(String reason) implements RestartStep {
    }

    /** How often the delay is doubled, when one failure follows another. */
    int DOUBLINGS = 6;

    /** A task that ran for so long has not failed at once. */
    long SETTLED_MILLIS = 60_000;

    /**
     * Decides.
     *
     * @param policy of the service
     * @param ended  tasks of the place and of the version it shall have, the last to end first
     */
    static RestartStep decide(RestartPolicy policy, List<Task> ended) {
        if (ended.isEmpty()) {
            return new Again(0, "wanted");
        }
        Task last = ended.getFirst();
        TaskState how = last.status().state();
        boolean failed = how == TaskState.FAILED || how == TaskState.REJECTED;
        if (!failed && how != TaskState.COMPLETE) {
            return new Again(0, "task " + last.id() + " is " + words(last));
        }
        if (policy.condition() == RestartPolicy.Condition.NONE
                || policy.condition() == RestartPolicy.Condition.ON_FAILURE && !failed) {
            return new Over("task " + last.id() + " is " + words(last) + ", and its restart condition is "
                    + policy.condition());
        }
        long since = policy.windowMillis() == 0 ? Long.MIN_VALUE
                : last.status().sinceMillis() - policy.windowMillis();
        long attempts = ended.stream().filter(each -> each.status().sinceMillis() >= since).count();
        if (policy.maxAttempts() > 0 && attempts > policy.maxAttempts()) {
            return new Over("it was tried " + policy.maxAttempts() + " times again; the last is "
                    + words(last));
        }
        int doublings = 0;
        while (doublings < Math.min(DOUBLINGS, ended.size() - 1) && endedAtOnce(ended.get(doublings))) {
            doublings++;
        }
        return new Again(last.status().sinceMillis() + (policy.delayMillis() << doublings),
                "task " + last.id() + " is " + words(last));
    }

    private static boolean endedAtOnce(Task task) {
        return task.status().sinceMillis() - task.createdMillis() < SETTLED_MILLIS;
    }

    private static String words(Task task) {
        return task.status().state() + (task.status().message().isEmpty() ? ""
                : " (" + task.status().message() + ")");
    }
}
