package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Task;
import clusterd.spec.CronSchedule;
import clusterd.state.Command;
import java.util.List;
import java.util.OptionalLong;

/** Runs a job whenever its time comes. A run is named by its time, in minutes since 1970. */
final class CronSteps {
    private static final long MINUTE_MILLIS = 60_000;
    /** Runs of which the tasks are kept for whoever asks. */
    private static final int HISTORY = 3;

    private final Making making;
    private final NodesAtHand nodes;

    CronSteps(Making making, NodesAtHand nodes) {
        this.making = making;
        this.nodes = nodes;
    }

    void run(Mode.Cron cron, List<Task> tasks) {
        CronSchedule schedule = CronSchedule.parse(cron.schedule());
        List<Long> runs = tasks.stream().map(Task::iteration).distinct().sorted().toList();
        long lastMinute = Math.max(runs.isEmpty() ? 0 : runs.getLast(),
                making.service().updatedMillis() / MINUTE_MILLIS);
        OptionalLong due = latestDue(schedule, lastMinute);
        boolean busy = tasks.stream().anyMatch(Task::isAlive);
        if (due.isPresent() && (cron.concurrent() || !busy)) {
            // A job that begins; its other places follow as those before them end.
            new JobSteps(making, nodes).run(cron.job(), List.of(), due.getAsLong());
        } else {
            for (long each : runs) {
                new JobSteps(making, nodes).run(cron.job(),
                        tasks.stream().filter(task -> task.iteration() == each).toList(), each);
            }
        }
        schedule.nextAfter(Math.max(lastMinute, making.nowMillis() / MINUTE_MILLIS))
                .ifPresent(minute -> making.wakeAt(minute * MINUTE_MILLIS));
        runs.stream().limit(Math.max(0, runs.size() - HISTORY)).forEach(run -> tasks.stream()
                .filter(task -> task.iteration() == run && task.status().state().isEnd()
                        && task.desire() != Desire.REMOVE)
                .forEach(task -> making.add(new Command.ForgetTask(task.id()))));
    }

    /** The last time that has come since; earlier ones that were missed are not made up for. */
    private OptionalLong latestDue(CronSchedule schedule, long afterMinute) {
        long nowMinute = making.nowMillis() / MINUTE_MILLIS;
        OptionalLong latest = OptionalLong.empty();
        OptionalLong next = schedule.nextAfter(afterMinute);
        while (next.isPresent() && next.getAsLong() <= nowMinute) {
            latest = next;
            next = schedule.nextAfter(next.getAsLong());
        }
        return latest;
    }
}
