package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.UpdatePolicy;
import clusterd.model.UpdateStatus;
import clusterd.model.UpdateStatus.Phase;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Exchanges tasks of an old version for new ones, a few places at a time, and watches how it goes. */
final class UpdateSteps {
    private final Making making;
    private final Service service;
    private final UpdatePolicy policy;

    UpdateSteps(Making making, ClusterState state) {
        this.making = making;
        this.service = state.service(making.service().id()).orElseThrow();
        this.policy = service.update().phase() == Phase.ROLLING_BACK ? service.spec().rollback()
                : service.spec().update();
    }

    /** New tasks that waited for the old one of their place to end may start once it has. */
    void promote(List<PlaceTasks> places) {
        for (PlaceTasks place : places) {
            for (Task task : place.serving()) {
                boolean alone = place.ending().isEmpty()
                        && place.serving().stream().allMatch(each -> each == task || isNew(each));
                if (task.desire() == Desire.READY && alone) {
                    making.desire(task, Desire.RUNNING);
                }
            }
        }
    }

    /** What a site was not given while it was lost is given to it now. */
    void resume(List<PlaceTasks> places) {
        boolean behind = places.stream().anyMatch(place -> !place.serving().isEmpty()
                && place.serving().stream().noneMatch(this::isNew));
        Optional<Phase> again = switch (service.update().phase()) {
            case NONE, COMPLETED -> Optional.of(Phase.UPDATING);
            case ROLLED_BACK -> Optional.of(Phase.ROLLING_BACK);
            case UPDATING, ROLLING_BACK, PAUSED, ROLLBACK_PAUSED -> Optional.empty();
        };
        if (behind && again.isPresent()) {
            making.add(new Command.MarkUpdate(service.id(), service.specVersion(),
                    new UpdateStatus(again.get(), making.nowMillis(), service.update().message())));
        }
    }

    void run(List<PlaceTasks> places) {
        if (!service.update().isUnderWay()) {
            return;
        }
        List<PlaceTasks> old = new ArrayList<>();
        int moving = 0;
        long lastDoneMillis = 0;
        for (PlaceTasks place : places) {
            List<Task> fresh = place.serving().stream().filter(this::isNew).toList();
            Optional<Task> running = fresh.stream().filter(each -> each.status().state() == TaskState.RUNNING)
                    .findFirst();
            if (running.isPresent()) {
                finish(place);
                lastDoneMillis = Math.max(lastDoneMillis, running.get().status().sinceMillis());
            } else if (!fresh.isEmpty() || place.serving().isEmpty() && getsAnother(place)) {
                if (fresh.stream().anyMatch(each -> each.desire() == Desire.READY)) {
                    // An old one that was lost came back: the new one waits for its end.
                    finish(place);
                }
                moving++;
            } else if (!place.serving().isEmpty()) {
                old.add(place);
            }
        }
        if (failsTooOften(places)) {
            return;
        }
        if (old.isEmpty() && moving == 0) {
            complete(lastDoneMillis);
            return;
        }
        if (moving == 0 && lastDoneMillis + policy.delayMillis() > making.nowMillis()
                && lastDoneMillis >= service.update().startedMillis()) {
            making.wakeAt(lastDoneMillis + policy.delayMillis());
            return;
        }
        int atOnce = policy.parallelism() == 0 ? old.size() : policy.parallelism() - moving;
        old.stream().limit(Math.max(0, atOnce)).forEach(this::exchange);
    }

    private boolean getsAnother(PlaceTasks place) {
        return RestartStep.decide(service.spec().task().restart(),
                place.ended().stream().filter(this::isNew).toList()) instanceof RestartStep.Again;
    }

    private boolean isNew(Task task) {
        return task.specVersion() == service.specVersion();
    }

    /** There is a new one: the old ones of the place may go. */
    private void finish(PlaceTasks place) {
        for (Task task : List.copyOf(place.serving())) {
            if (!isNew(task)) {
                making.desire(task, Desire.SHUTDOWN);
                place.serving().remove(task);
                place.ending().add(task);
            }
        }
    }

    private void exchange(PlaceTasks place) {
        if (policy.startFirst()) {
            making.create(place.place(), Desire.RUNNING, 0, 0, "replaces a task of an older version");
            return;
        }
        for (Task task : place.serving()) {
            making.desire(task, Desire.SHUTDOWN);
        }
        place.ending().addAll(place.serving());
        making.create(place.place(), Desire.READY, 0, 0, "follows a task of an older version");
    }

    private boolean failsTooOften(List<PlaceTasks> places) {
        int failed = 0;
        Task example = null;
        for (PlaceTasks place : places) {
            Optional<Task> failure = place.ended().stream().filter(this::isNew).filter(each ->
                    each.status().sinceMillis() >= service.update().startedMillis()
                            && (each.status().state() == TaskState.FAILED
                                    || each.status().state() == TaskState.REJECTED)).findFirst();
            if (failure.isPresent()) {
                failed++;
                example = failure.get();
            }
        }
        if (failed == 0 || failed * 100 <= policy.maxFailurePercent() * places.size()
                || policy.failureAction() == UpdatePolicy.FailureAction.CONTINUE) {
            return false;
        }
        String why = "task " + example.id() + " is " + example.status().state() + ": "
                + example.status().message();
        boolean back = service.update().phase() == Phase.ROLLING_BACK;
        // One that was scaled meanwhile had the same tasks before: there is no way back to others.
        Optional<ServiceSpec> before = service.previous().filter(each -> !each.task().equals(service.spec().task()));
        if (!back && policy.failureAction() == UpdatePolicy.FailureAction.ROLLBACK && before.isPresent()) {
            ServiceSpec previous = before.get();
            making.add(new Command.UpdateService(service.id(), service.version(), previous,
                    new UpdateStatus(Phase.ROLLING_BACK, making.nowMillis(), why), making.nowMillis()));
        } else {
            making.add(new Command.MarkUpdate(service.id(), service.specVersion(), new UpdateStatus(
                    back ? Phase.ROLLBACK_PAUSED : Phase.PAUSED, service.update().startedMillis(), why)));
        }
        return true;
    }

    /** All places have new tasks; it is over once the last one has been watched for long enough. */
    private void complete(long lastDoneMillis) {
        long watchedMillis = lastDoneMillis == 0 ? 0 : lastDoneMillis + policy.monitorMillis();
        if (watchedMillis > making.nowMillis()) {
            making.wakeAt(watchedMillis);
            return;
        }
        making.add(new Command.MarkUpdate(service.id(), service.specVersion(), new UpdateStatus(
                service.update().phase() == Phase.ROLLING_BACK ? Phase.ROLLED_BACK : Phase.COMPLETED,
                service.update().startedMillis(), service.update().message())));
    }
}
