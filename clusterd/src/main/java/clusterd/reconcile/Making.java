package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The commands of one reconciliation while they are collected. */
final class Making {
    /** Ended tasks of a place that are kept for whoever asks. */
    private static final int HISTORY = 4;

    private final Service service;
    private final long nowMillis;
    private final Supplier<TaskId> ids;
    private final List<Command> commands = new ArrayList<>();
    private long wakeAtMillis = Long.MAX_VALUE;

    Making(Service service, long nowMillis, Supplier<TaskId> ids) {
        this.service = service;
        this.nowMillis = nowMillis;
        this.ids = ids;
    }

    Service service() {
        return service;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** A new task for the place, of the version that is wanted now. */
    void create(Place place, Desire desire, long notBeforeMillis, long iteration, String reason) {
        commands.add(new Command.CreateTask(Task.fresh(ids.get(), service.id(), place.slot(),
                service.specVersion(), place.node(), desire, TaskStatus.pending(nowMillis, reason), reason,
                notBeforeMillis, iteration).in(place.site())));
    }

    /** Another task of the place, if its policy allows one. */
    void again(Place place, List<Task> ended, Desire desire, long iteration) {
        again(place, ended, desire, iteration, "wanted");
    }

    /** The same; {@code first} is the reason of a place that had none before. */
    void again(Place place, List<Task> ended, Desire desire, long iteration, String first) {
        if (RestartStep.decide(service.spec().task().restart(), ended) instanceof RestartStep.Again(
                long notBeforeMillis, String reason)) {
            create(place, desire, notBeforeMillis, iteration, ended.isEmpty() ? first : reason);
        }
    }

    /** Whether the policy allows another task of a place. */
    boolean goesOn(List<Task> ended) {
        return RestartStep.decide(service.spec().task().restart(), ended) instanceof RestartStep.Again;
    }

    void desire(Task task, Desire desire) {
        if (desire.compareTo(task.desire()) > 0) {
            commands.add(new Command.SetDesire(task.id(), desire));
        }
    }

    /** Of a job: those before the last few that came to no good end. */
    void forgetFailures(PlaceTasks place) {
        place.ended().stream().filter(task -> task.status().state() != TaskState.COMPLETE)
                .skip(HISTORY + service.spec().task().restart().maxAttempts())
                .forEach(task -> commands.add(new Command.ForgetTask(task.id())));
    }

    void end(Task task, TaskState state, String why) {
        commands.add(new Command.EndTask(task.id(), task.status().in(state, nowMillis, why)));
    }

    void add(Command command) {
        commands.add(command);
    }

    /** Looks again then. */
    void wakeAt(long millis) {
        if (millis > nowMillis) {
            wakeAtMillis = Math.min(wakeAtMillis, millis);
        }
    }

    Reconciliation done() {
        return new Reconciliation(commands,
                wakeAtMillis == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(wakeAtMillis));
    }
}
