package clusterd.decider;

import clusterd.model.Decision;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.scheduler.Fleet;
import clusterd.scheduler.Round;
import clusterd.scheduler.Scheduler;
import clusterd.scheduler.TaskGroup;
import clusterd.state.ClusterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tasks that wait for a node, in the order in which they are served: a scheduler is asked to serve them all now, of
 * which nothing but the order and its reasons is kept.
 */
public final class Queue {
    private Queue() {
    }

    /**
     * Equal tasks in the queue.
     *
     * @param service         whose
     * @param specVersion     of their template
     * @param site            they must be in; {@code ""} = any
     * @param tasks           how many
     * @param sinceMillis     the first of them waits, since 1970
     * @param share           their project's dominant share, 0 to 1, before any of these is served
     * @param weight          of their project
     * @param decision        what came of it now; none if they are not to start before a time
     * @param notBeforeMillis that time, of the first of them, since 1970
     */
    public record Place(Service service, long specVersion, String site, int tasks, long sinceMillis, double share,
            int weight, Optional<Decision> decision, OptionalLong notBeforeMillis) {
    }

    /** All of it; those that must wait for a time come last, whatever their priority: their turn is not yet. */
    public static List<Place> of(ClusterState state, long nowMillis) {
        Waiting waiting = new Waiting();
        state.tasks().forEach(waiting::put);
        Fleet fleet = Fleet.of(state);
        Scheduler scheduler = new Scheduler(fleet);
        List<TaskGroup> ready = waiting.groups(state, scheduler, nowMillis, Integer.MAX_VALUE);
        // Their shares as they are: serving them changes the fleet.
        Shares shares = new Shares(state);
        Map<String, Integer> weights = new HashMap<>();
        state.projects().forEach(each -> weights.put(each.name(), each.weight()));
        Round round = scheduler.decide(ready, state.projects(), 1, nowMillis);
        List<Place> queue = new ArrayList<>();
        for (Round.Served each : round.served()) {
            queue.add(place(each.group(), Optional.of(each.decision()), OptionalLong.empty(), shares, weights));
        }
        for (TaskGroup each : waiting.later(state, nowMillis)) {
            queue.add(place(each, Optional.empty(), each.tasks().stream().mapToLong(Task::notBeforeMillis).min(),
                    shares, weights));
        }
        return queue;
    }

    private static Place place(TaskGroup group, Optional<Decision> decision, OptionalLong notBeforeMillis,
            Shares shares, Map<String, Integer> weights) {
        String project = group.service().spec().project();
        return new Place(group.service(), group.specVersion(), group.site(), group.tasks().size(),
                group.tasks().stream().mapToLong(Task::createdMillis).min().orElse(0), shares.shareOf(project),
                weights.getOrDefault(project, 1), decision, notBeforeMillis);
    }
}
