package clusterd.reconcile;

import clusterd.model.Task;
import clusterd.model.TaskState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The tasks of one place, as they stand. */
final class PlaceTasks {
    private static final Comparator<Task> OLDEST_FIRST =
            Comparator.comparingLong(Task::createdMillis).thenComparing(Task::id);

    private final Place place;
    private final List<Task> serving = new ArrayList<>();
    private final List<Task> lost = new ArrayList<>();
    private final List<Task> ending = new ArrayList<>();
    private final List<Task> ended = new ArrayList<>();

    PlaceTasks(Place place, List<Task> tasks, NodesAtHand nodes) {
        this.place = place;
        for (Task task : tasks) {
            if (task.status().state().isEnd()) {
                ended.add(task);
            } else if (!task.desire().isAlive()) {
                ending.add(task);
            } else if (nodes.isLost(task)) {
                lost.add(task);
            } else {
                serving.add(task);
            }
        }
        serving.sort(OLDEST_FIRST);
        ended.sort(Comparator.comparingLong((Task each) -> each.status().sinceMillis())
                .thenComparing(OLDEST_FIRST).reversed());
    }

    Place place() {
        return place;
    }

    /** Alive, on a node that is there or on none yet; the oldest first. */
    List<Task> serving() {
        return serving;
    }

    /** Wanted alive, and on a node that is not heard of. */
    List<Task> lost() {
        return lost;
    }

    /** Not ended, and wanted to. */
    List<Task> ending() {
        return ending;
    }

    /** The last to end first. */
    List<Task> ended() {
        return ended;
    }

    /** Whether one came to a good end. */
    boolean isComplete() {
        return ended.stream().anyMatch(each -> each.status().state() == TaskState.COMPLETE);
    }

    Optional<Task> lastEnded() {
        return ended.stream().findFirst();
    }

    /** Whether all its tasks have ended. */
    boolean isAtRest() {
        return serving.isEmpty() && lost.isEmpty() && ending.isEmpty();
    }

    boolean isEmpty() {
        return isAtRest() && ended.isEmpty();
    }
}
