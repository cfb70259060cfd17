package clusterd.reconcile;

import clusterd.model.Desire;
import clusterd.model.Mode;
import clusterd.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs a job: so many places come to a good end, so many at once. */
final class JobSteps {
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
            making.forgetFailures(place);
            if (place.isComplete()) {
                continue;
            }
            if (!place.serving().isEmpty()) {
                underWay++;
            } else {
                open.add(place);
            }
        }
        // What may not be tried again leaves its turn to others.
        open.stream().filter(place -> making.goesOn(place.ended()))
                .limit(Math.max(0, job.parallelism() - underWay)).forEach(place ->
                        making.again(place.place(), place.ended(), Desire.RUNNING, iteration));
    }
}
