package clusterd.decider;

import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.scheduler.Fleet;
import clusterd.state.ClusterState;

/** What projects have of the cluster. */
public final class Shares {
    private final ClusterState state;
    private final Fleet fleet;

    /** In that state. */
    public Shares(ClusterState state) {
        this.state = state;
        this.fleet = Fleet.of(state);
    }

    /**
     * What a project has.
     *
     * @param used    what its tasks have reserved
     * @param share   the largest share of anything that is, 0 to 1
     * @param waiting how many of its tasks have no node
     */
    public record Use(Resources used, double share, int waiting) {
    }

    /** The largest share of anything that is. */
    double shareOf(String project) {
        return fleet.shareOf(project);
    }

    /** Of that project. */
    public Use of(String project) {
        int waiting = 0;
        for (Service service : state.services()) {
            if (service.spec().project().equals(project)) {
                waiting += (int) state.tasksOf(service.id()).filter(Decider::waits).count();
            }
        }
        return new Use(fleet.useOf(project), fleet.shareOf(project), waiting);
    }
}
