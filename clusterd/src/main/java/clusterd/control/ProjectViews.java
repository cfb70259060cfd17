package clusterd.control;

import api.cluster.ListProjectsResponse;
import clusterd.decider.Shares;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.ServiceSpec;
import clusterd.state.ClusterState;
import clusterd.wire.Messages;
import java.util.TreeMap;

/** Projects with what they use. */
final class ProjectViews {
    private ProjectViews() {
    }

    static ListProjectsResponse of(ClusterState state) {
        TreeMap<String, Project> all = new TreeMap<>();
        all.put(ServiceSpec.STANDARD_PROJECT, new Project(ServiceSpec.STANDARD_PROJECT, Resources.NONE, 1));
        state.projects().forEach(each -> all.put(each.name(), each));
        ListProjectsResponse.Builder response = ListProjectsResponse.newBuilder();
        for (Project each : all.values()) {
            Shares.Use use = Shares.of(each.name(), state);
            response.addProjects(ListProjectsResponse.View.newBuilder().setProject(Messages.of(each))
                    .setUsed(Messages.of(use.used())).setShare(use.share()).setWaiting(use.waiting()));
        }
        return response.build();
    }
}
