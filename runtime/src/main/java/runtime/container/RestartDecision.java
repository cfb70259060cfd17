package runtime.container;

import java.time.Duration;
import runtime.container.RestartPolicy.Kind;

/** Whether a container that does not run is started again by itself, and when. */
sealed interface RestartDecision {
    /** A run this long was a success: what comes after it is tried at once again. */
    Duration SETTLED = Duration.ofSeconds(10);
    /** Before the first restart in a row. */
    Duration FIRST_DELAY = Duration.ofMillis(100);
    /** However often it failed. */
    Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** It is started after a while. */
    record Restart(Duration delay) implements RestartDecision {}

    /** It stays as it is, for a reason. */
    record Stay(String reason) implements RestartDecision {}

    /**
     * How a run went.
     *
     * @param code          what it exited with
     * @param ran           how long
     * @param stopRequested whether someone asked for its end
     * @param restarts      how many times it was restarted since someone started it
     * @param lastDelay     before its last restart; zero if there was none
     */
    record Ending(int code, Duration ran, boolean stopRequested, int restarts, Duration lastDelay) {}

    /** After a run. */
    static RestartDecision afterRun(RestartPolicy policy, Ending ending) {
        if (policy.kind() == Kind.NO) {
            return new Stay("its restart policy is no");
        }
        if (ending.stopRequested) {
            return new Stay("it was stopped");
        }
        if (policy.kind() == Kind.ON_FAILURE) {
            if (ending.code == 0) {
                return new Stay("it exited with 0");
            }
            if (policy.maxRetries() > 0 && ending.restarts >= policy.maxRetries()) {
                return new Stay("it was restarted " + ending.restarts + " times in a row");
            }
        }
        return new Restart(delay(ending));
    }

    private static Duration delay(Ending ending) {
        if (ending.lastDelay.isZero() || ending.ran.compareTo(SETTLED) >= 0) {
            return FIRST_DELAY;
        }
        Duration twice = ending.lastDelay.multipliedBy(2);
        return twice.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : twice;
    }

    /** When the daemon begins and finds it not running. */
    static RestartDecision atStartUp(RestartPolicy policy, ContainerRecord record) {
        if (record.state() == ContainerState.RESTARTING) {
            return new Restart(Duration.ZERO);
        }
        if (record.state() != ContainerState.EXITED) {
            return new Stay("it is " + record.state().word());
        }
        return switch (policy.kind()) {
            case NO -> new Stay("its restart policy is no");
            case ALWAYS -> new Restart(Duration.ZERO);
            case UNLESS_STOPPED -> record.stopRequested() ? new Stay("it was stopped")
                    : new Restart(Duration.ZERO);
            case ON_FAILURE -> {
                int code = record.run().flatMap(ContainerRecord.Run::exit)
                        .map(ContainerRecord.RunExit::code).orElse(0);
                RestartDecision again = afterRun(policy, new Ending(code, SETTLED,
                        record.stopRequested(), record.restarts(), Duration.ZERO));
                yield again instanceof Restart ? new Restart(Duration.ZERO) : again;
            }
        };
    }
}
