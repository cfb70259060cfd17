package clusterd.decider;

import clusterd.model.Mode;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.Change;
import clusterd.state.ClusterState;

/**
 * Whether a service must be looked at again since a task of it changed. Most changes are a task's way from waiting to
 * running, of which nothing follows unless an update waits for it; to look at all tasks of the service each time
 * would make every decision as expensive as the service is large.
 */
final class Progress {
    private Progress() {
    }

    static boolean matters(Change.TaskChange change, ClusterState after) {
        if (change.before().isEmpty() || change.after().isEmpty()) {
            return true;
        }
        Task before = change.before().get();
        Task now = change.after().get();
        boolean onItsWay = before.isAlive() && now.isAlive() && before.desire() == now.desire()
                && before.specVersion() == now.specVersion()
                && (before.node().equals(now.node()) || before.status().state() == TaskState.PENDING);
        // After a node came back there may be two of a place, of which the one that is said to run stays.
        boolean heardAgain = before.session() != now.session() && before.session() != 0;
        return !onItsWay || heardAgain
                || after.service(now.service()).filter(Progress::isAtRest).isEmpty();
    }

    /** A standby gives its place back once the replicas of the site itself run. */
    private static boolean isAtRest(Service service) {
        return !service.removed() && !service.update().isUnderWay()
                && !(service.spec().mode() instanceof Mode.PerSite perSite && perSite.standby().isPresent());
    }
}
