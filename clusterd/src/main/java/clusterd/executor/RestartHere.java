package clusterd.executor;

import clusterd.model.RestartPolicy;
import java.util.List;

/** Whether a container that has ended is started again by its node alone, while no manager can be asked. */
sealed interface RestartHere {
    /** It is, after a while. */
    record Again(long delayMillis) implements RestartHere {
    }

    /** It is not. */
    record Over(String reason) implements RestartHere {
    }

    /** How often the delay is doubled, when one failure follows another. */
    int DOUBLINGS = 6;
    /** One that ran for so long has not failed at once. */
    long SETTLED_MILLIS = 60_000;

    /**
     * A run of it that has ended.
     *
     * @param startedMillis when
     * @param endedMillis   when
     */
    record Run(long startedMillis, long endedMillis) {
        private boolean endedAtOnce() {
            return endedMillis - startedMillis < SETTLED_MILLIS;
        }
    }

    /**
     * Decides.
     *
     * @param policy of the service
     * @param failed whether the last run did
     * @param runs   ended without a manager, the last one last; at least one
     */
    static RestartHere decide(RestartPolicy policy, boolean failed, List<Run> runs) {
        if (policy.condition() == RestartPolicy.Condition.NONE
                || policy.condition() == RestartPolicy.Condition.ON_FAILURE && !failed) {
            return new Over("its restart condition is " + policy.condition());
        }
        long now = runs.getLast().endedMillis;
        long since = policy.windowMillis() == 0 ? Long.MIN_VALUE : now - policy.windowMillis();
        long ends = runs.stream().filter(run -> run.endedMillis >= since).count();
        if (policy.maxAttempts() > 0 && ends > policy.maxAttempts()) {
            return new Over("it was started again " + policy.maxAttempts() + " times");
        }
        int doublings = 0;
        while (doublings < Math.min(DOUBLINGS, runs.size() - 1)
                && runs.get(runs.size() - 1 - doublings).endedAtOnce()) {
            doublings++;
        }
        return new Again(policy.delayMillis() << doublings);
    }
}
