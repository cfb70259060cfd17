package cli.command;

import api.cluster.Mode;
import api.cluster.UpdateStatus;

/**
 * How far a service is from what is wanted of it.
 *
 * @param line    for the user, while it is under way
 * @param done    whether there is nothing more to wait for
 * @param failure why it will not come to that by itself; empty if it may
 */
record Convergence(String line, boolean done, String failure) {

    /** What one waits for. */
    enum Wish { RUN, ROLL_BACK }

    /**
     * The service before the change one waits for: what is said of that is old news.
     *
     * @param version       of it
     * @param updateStarted when its last change began, milliseconds since 1970; 0 = there was none
     */
    record Before(long version, long updateStarted) {
        /** Of a new service. */
        static final Before NOTHING = new Before(0, 0);
    }

    /** Looks at a service. */
    static Convergence of(ListedService service, Wish wish, Before before) {
        String line = service.isJob()
                ? "job progress: " + service.completed + " out of " + service.wanted + " complete"
                : "overall progress: " + service.running + " out of " + service.wanted + " tasks";
        if (service.removed) {
            return new Convergence(line, false, "service " + service.name + " was removed");
        }
        if (service.version <= before.version) {
            return new Convergence(line, false, "");
        }
        boolean ours = service.updateStartedMillis != before.updateStarted;
        String failure = ours ? failure(service, wish) : "";
        if (!failure.isEmpty()) {
            return new Convergence(line, false, failure);
        }
        boolean changing = service.phase == UpdateStatus.Phase.UPDATING_VALUE
                || service.phase == UpdateStatus.Phase.ROLLING_BACK_VALUE;
        boolean there = service.isJob() ? service.wanted > 0 && service.completed >= service.wanted
                : service.running >= service.wanted;
        if (!there && !service.standstill.isEmpty()) {
            return new Convergence(line, false, "service " + service.name + " comes no further: "
                    + service.standstill);
        }
        return new Convergence(line, service.mode == Mode.CRON_FIELD_NUMBER || there && !changing, "");
    }

    private static String failure(ListedService service, Wish wish) {
        String message = service.updateMessage.isEmpty() ? "" : ": " + service.updateMessage;
        return switch (service.phase) {
            case UpdateStatus.Phase.PAUSED_VALUE -> "service update paused" + message;
            case UpdateStatus.Phase.ROLLBACK_PAUSED_VALUE -> "service rollback paused" + message;
            case UpdateStatus.Phase.ROLLED_BACK_VALUE ->
                    wish == Wish.ROLL_BACK ? "" : "service rolled back" + message;
            default -> "";
        };
    }

    /** A value of UpdateStatus.Phase in docker's words; empty for none. */
    static String phase(int value) {
        return switch (value) {
            case UpdateStatus.Phase.UPDATING_VALUE -> "updating";
            case UpdateStatus.Phase.PAUSED_VALUE -> "paused";
            case UpdateStatus.Phase.COMPLETED_VALUE -> "completed";
            case UpdateStatus.Phase.ROLLING_BACK_VALUE -> "rollback_started";
            case UpdateStatus.Phase.ROLLBACK_PAUSED_VALUE -> "rollback_paused";
            case UpdateStatus.Phase.ROLLED_BACK_VALUE -> "rollback_completed";
            default -> "";
        };
    }
}
