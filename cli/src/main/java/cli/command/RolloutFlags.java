package cli.command;

import api.cluster.RestartPolicy;
import api.cluster.UpdatePolicy;
import cli.wire.MessageWriter;
import java.math.BigDecimal;

/** --restart-…, --update-… and --rollback-…: what follows a task's end, and how one spec follows another. */
final class RolloutFlags {
    private RolloutFlags() {}

    /**
     * The message RestartPolicy.
     *
     * @param whole with what is usual where nothing was said
     */
    static MessageWriter restart(Arguments arguments, boolean whole) throws UsageException {
        MessageWriter policy = new MessageWriter();
        if (whole) {
            policy.number(RestartPolicy.CONDITION_FIELD_NUMBER, ModeFlags.isJob(arguments.value("mode"))
                            ? RestartPolicy.Condition.ON_FAILURE_VALUE : RestartPolicy.Condition.ANY_VALUE)
                    .number(RestartPolicy.DELAY_MILLIS_FIELD_NUMBER,
                            clusterd.model.RestartPolicy.STANDARD.delayMillis());
        }
        if (arguments.has("restart-condition")) {
            policy.optionalNumber(RestartPolicy.CONDITION_FIELD_NUMBER,
                    switch (arguments.value("restart-condition")) {
                        case "any" -> RestartPolicy.Condition.ANY_VALUE;
                        case "on-failure" -> RestartPolicy.Condition.ON_FAILURE_VALUE;
                        case "none" -> RestartPolicy.Condition.NONE_VALUE;
                        default -> throw Arguments.invalid("restart-condition",
                                arguments.value("restart-condition"), "expected none, on-failure or any");
                    });
        }
        span(policy, RestartPolicy.DELAY_MILLIS_FIELD_NUMBER, "restart-delay", arguments);
        count(policy, RestartPolicy.MAX_ATTEMPTS_FIELD_NUMBER, "restart-max-attempts", arguments);
        span(policy, RestartPolicy.WINDOW_MILLIS_FIELD_NUMBER, "restart-window", arguments);
        return policy;
    }

    /**
     * The message UpdatePolicy.
     *
     * @param prefix of the options: "update" or "rollback"
     * @param whole  with what is usual where nothing was said
     */
    static MessageWriter policy(String prefix, Arguments arguments, boolean whole) throws UsageException {
        MessageWriter policy = new MessageWriter();
        if (whole) {
            clusterd.model.UpdatePolicy usual = clusterd.model.UpdatePolicy.STANDARD;
            policy.number(UpdatePolicy.PARALLELISM_FIELD_NUMBER, usual.parallelism())
                    .number(UpdatePolicy.MONITOR_MILLIS_FIELD_NUMBER, usual.monitorMillis());
        }
        count(policy, UpdatePolicy.PARALLELISM_FIELD_NUMBER, prefix + "-parallelism", arguments);
        span(policy, UpdatePolicy.DELAY_MILLIS_FIELD_NUMBER, prefix + "-delay", arguments);
        String order = arguments.value(prefix + "-order");
        switch (order) {
            case "" -> { }
            case "stop-first" -> policy.optionalNumber(UpdatePolicy.START_FIRST_FIELD_NUMBER, 0);
            case "start-first" -> policy.optionalNumber(UpdatePolicy.START_FIRST_FIELD_NUMBER, 1);
            default -> throw Arguments.invalid(prefix + "-order", order,
                    "expected stop-first or start-first");
        }
        span(policy, UpdatePolicy.MONITOR_MILLIS_FIELD_NUMBER, prefix + "-monitor", arguments);
        if (arguments.has(prefix + "-failure-action")) {
            policy.optionalNumber(UpdatePolicy.FAILURE_ACTION_FIELD_NUMBER, action(prefix, arguments));
        }
        if (arguments.has(prefix + "-max-failure-ratio")) {
            policy.optionalNumber(UpdatePolicy.MAX_FAILURE_PERCENT_FIELD_NUMBER,
                    percent(prefix + "-max-failure-ratio", arguments));
        }
        return policy;
    }

    private static int action(String prefix, Arguments arguments) throws UsageException {
        String option = prefix + "-failure-action";
        boolean back = prefix.equals("rollback");
        String word = arguments.value(option);
        if (word.equals("rollback") && !back) {
            return UpdatePolicy.FailureAction.ROLLBACK_VALUE;
        }
        return switch (word) {
            case "pause" -> UpdatePolicy.FailureAction.PAUSE_VALUE;
            case "continue" -> UpdatePolicy.FailureAction.CONTINUE_VALUE;
            default -> throw Arguments.invalid(option, word,
                    back ? "expected pause or continue" : "expected pause, continue or rollback");
        };
    }

    /** Hundredths, of a ratio from 0 to 1. */
    private static int percent(String option, Arguments arguments) throws UsageException {
        String word = arguments.value(option);
        try {
            BigDecimal percent = new BigDecimal(word).movePointRight(2);
            if (percent.signum() < 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw Arguments.invalid(option, word, "a ratio is from 0 to 1");
            }
            return percent.intValueExact();
        } catch (NumberFormatException e) {
            throw Arguments.invalid(option, word, "expected a ratio from 0 to 1, like 0.2");
        } catch (ArithmeticException e) {
            throw Arguments.invalid(option, word, "a ratio finer than hundredths");
        }
    }

    private static void span(MessageWriter policy, int field, String option, Arguments arguments)
            throws UsageException {
        if (arguments.has(option)) {
            policy.optionalNumber(field, arguments.millis(option));
        }
    }

    private static void count(MessageWriter policy, int field, String option, Arguments arguments)
            throws UsageException {
        if (arguments.has(option)) {
            policy.optionalNumber(field, arguments.atLeast(0, option));
        }
    }
}
