package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs a job: so many places come to a good end, so many at once. */
final class JobSteps {
    /** Ended tasks of a place that are kept for whoever asks. */
    private static final int HISTORY = 4;

    private final Making making;
    private final NodesAtHand nodes;

    JobSteps(Making making, NodesAtHand nodes) {
        this.making = making;
        this.nodes = nodes;
    }

    /** One of its runs; tasks of others, and of places it has no more, are ended and forgotten. */
    void run(Mode.Job job, List<Task> tasks, long iteration) {
        Map<Integer, List<Task>> bySlot = new TreeMap<>();
        for (int slot = 1; slot <= job.completions(); slot++) {
            bySlot.put(slot, new ArrayList<>());
        }
        for (Task task : tasks) {
            if (task.iteration() != iteration || !bySlot.containsKey(task.slot())) {
                making.desire(task, Desire.REMOVE);
            } else {
                bySlot.get(task.slot()).add(task);
            }
        }
        List<PlaceTasks> open = new ArrayList<>();
        int underWay = 0;
        for (Map.Entry<Integer, List<Task>> each : bySlot.entrySet()) {
            PlaceTasks place = new PlaceTasks(Place.numbered(each.getKey()), each.getValue(), nodes);
            place.ended().stream().filter(task -> task.status().state() != TaskState.COMPLETE)
                    .skip(HISTORY + making.service().spec().task().restart().maxAttempts())
                    .forEach(task -> making.add(new Command.ForgetTask(task.id())));
            if (place.ended().stream().anyMatch(task -> task.status().state() == TaskState.COMPLETE)) {
                continue;
            }
            if (!place.serving().isEmpty()) {
                underWay++;
            } else {
                open.add(place);
            }
        }
        open.stream().limit(Math.max(0, job.parallelism() - underWay)).forEach(place ->
                making.again(place.place(), place.ended(), Desire.RUNNING, iteration));
    }
}
