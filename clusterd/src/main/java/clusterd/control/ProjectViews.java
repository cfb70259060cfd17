package clusterd.control;

import api.cluster.ListProjectsResponse;
import api.cluster.ListQueueResponse;
import clusterd.decider.Queue;
import clusterd.decider.Shares;
import clusterd.explain.Names;
import clusterd.explain.QueueText;
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
        Shares shares = new Shares(state);
        ListProjectsResponse.Builder response = ListProjectsResponse.newBuilder();
        for (Project each : all.values()) {
            Shares.Use use = shares.of(each.name());
            response.addProjects(ListProjectsResponse.View.newBuilder().setProject(Messages.of(each))
                    .setUsed(Messages.of(use.used())).setShare(use.share()).setWaiting(use.waiting()));
        }
        return response.build();
    }

    /** Who waits, in the order in which they are served; of one project if it is named. */
    static ListQueueResponse queue(String project, ClusterState state, long nowMillis)
            throws Names.UnknownNameException {
        if (!project.isEmpty()) {
            Names.checkProject(project, state);
        }
        ListQueueResponse.Builder response = ListQueueResponse.newBuilder();
        int position = 0;
        for (Queue.Place each : Queue.of(state, nowMillis)) {
            position++;
            ServiceSpec spec = each.service().spec();
            if (project.isEmpty() || project.equals(spec.project())) {
                response.addPlaces(ListQueueResponse.Place.newBuilder().setPosition(position)
                        .setProject(spec.project()).setService(spec.name()).setServiceId(each.service().id().value())
                        .setSpecVersion(each.specVersion()).setSite(each.site()).setWaiting(each.tasks())
                        .setSinceMillis(each.sinceMillis()).setPriority(spec.priority()).setShare(each.share())
                        .setWeight(each.weight()).setReason(QueueText.of(each)));
            }
        }
        return response.build();
    }
}
