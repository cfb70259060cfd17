package clusterd.dashboard;

import clusterd.control.TaskOutput;
import clusterd.manager.ClusterAccess;
import java.util.List;

/** What the node that shows the dashboard is. */
public sealed interface Situation {
    /** In no cluster. */
    record Alone() implements Situation {
    }

    /** A manager whose keys are locked. */
    record Locked() implements Situation {
    }

    /**
     * A member without the cluster's state.
     *
     * @param role     in a word
     * @param managers {@code HOST:PORT} of those that have it
     */
    record Member(String role, List<String> managers) implements Situation {
        /** Copies the list. */
        public Member {
            managers = List.copyOf(managers);
        }
    }

    /**
     * A manager.
     *
     * @param access    to the state
     * @param output    of tasks
     * @param clusterId of the cluster
     */
    record Managing(ClusterAccess access, TaskOutput output, String clusterId) implements Situation {
    }
}
