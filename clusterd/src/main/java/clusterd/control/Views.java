package clusterd.control;

import api.cluster.HostPort;
import api.cluster.NodeView;
import api.cluster.ServiceView;
import api.cluster.TaskView;
import clusterd.explain.Names;
import clusterd.explain.Why;
import clusterd.model.Decision;
import clusterd.model.Mode;
import clusterd.model.Node;
import clusterd.model.Resources;
import clusterd.model.Role;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.model.TaskTemplate;
import clusterd.raft.Standing;
import clusterd.reconcile.JobProgress;
import clusterd.reconcile.SitesAtHand;
import clusterd.reconcile.Standstill;
import clusterd.state.ClusterState;
import clusterd.wire.Messages;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The state as clients are shown it. */
final class Views {
    private Views() {
    }

    static ServiceView of(Service service, ClusterState state) {
        List<Task> tasks = state.tasksOf(service.id()).toList();
        long running = tasks.stream().filter(each -> Why.runs(each, state)).count();
        JobProgress progress = JobProgress.of(service, state);
        long wanted = switch (service.spec().mode()) {
            case Mode.Replicated replicated -> replicated.replicas();
            case Mode.Global global -> Standstill.globalNodes(service, state);
            case Mode.PerSite perSite -> SitesAtHand.of(state).wanted(service, perSite);
            case Mode.Job job -> job.completions();
            case Mode.GlobalJob globalJob -> progress.nodes();
            case Mode.Cron cron -> tasks.stream().filter(Task::isAlive).count();
        };
        int completed = progress.completed();
        return ServiceView.newBuilder().setService(Messages.of(service)).setRunning((int) running)
                .setWanted((int) wanted).setCompleted(completed)
                .setWaitingFor(running + completed < wanted ? waitingFor(service, tasks, state)
                        : isNowhere(service, wanted) ? "no node suits it" : "")
                .setStandstill(Standstill.of(service, state).orElse("")).build();
    }

    private static boolean isNowhere(Service service, long wanted) {
        return wanted == 0 && !service.removed() && service.spec().mode() instanceof Mode.GlobalJob;
    }

    private static String waitingFor(Service service, List<Task> tasks, ClusterState state) {
        boolean pending = tasks.stream().anyMatch(each -> each.isAlive()
                && each.status().state() == TaskState.PENDING && each.notBeforeMillis() == 0);
        Optional<Decision> last = Why.decisions(service.id(), state).stream().findFirst();
        if (pending && last.isPresent() && last.get().placed() < last.get().wanted()) {
            return "no node for " + (last.get().wanted() - last.get().placed()) + " of them: "
                    + last.get().refused().stream().map(each -> each.nodes() + " " + each.reason())
                            .collect(Collectors.joining("; "));
        }
        return tasks.stream().filter(each -> each.status().state() == TaskState.FAILED
                || each.status().state() == TaskState.REJECTED)
                .max((a, b) -> Long.compare(a.status().sinceMillis(), b.status().sinceMillis()))
                .map(each -> Names.of(each, state) + ": " + each.status().message()).orElse("");
    }

    static TaskView of(Task task, ClusterState state) {
        Optional<Service> service = state.service(task.service());
        TaskView.Builder view = TaskView.newBuilder().setTask(Messages.of(task)).setName(Names.of(task, state))
                .setServiceName(service.map(each -> each.spec().name()).orElse(task.service().value()))
                .setNodeName(task.node().map(each -> Names.node(each, state)).orElse(""))
                .setSite(task.node().flatMap(state::node).map(Node::site).orElse(task.site()));
        service.map(each -> each.templates().get(task.specVersion())).ifPresent(template -> {
            view.setImage(template.container().image());
            template.hostPorts().forEach(each -> view.addHostPorts(HostPort.newBuilder()
                    .setProtocol(each.protocol()).setPort(each.port())));
        });
        return view.build();
    }

    static NodeView of(Node node, ClusterState state, Standing standing) {
        List<Task> tasks = state.tasksOf(node.id()).filter(Task::holdsNode).toList();
        Resources reserved = tasks.stream().map(each -> template(each, state).map(TaskTemplate::reservation)
                .orElse(Resources.NONE)).reduce(Resources.NONE, Resources::plus);
        return NodeView.newBuilder().setNode(Messages.of(node)).setTasks(tasks.size())
                .setReserved(Messages.of(reserved)).setManagerStatus(managerStatus(node, standing))
                .setSite(node.site())
                .setSelf(node.id().value().equals(standing.memberId())).build();
    }

    private static Optional<TaskTemplate> template(Task task, ClusterState state) {
        return state.service(task.service()).map(each -> each.templates().get(task.specVersion()));
    }

    private static String managerStatus(Node node, Standing standing) {
        if (node.spec().role() == Role.WORKER) {
            return "";
        }
        if (standing.leaderId().filter(node.id().value()::equals).isPresent()) {
            return "leader";
        }
        return standing.peers().stream().filter(each -> each.member().id().equals(node.id().value())).findFirst()
                .map(each -> each.silentMillis() > 2000 ? "unreachable" : "reachable").orElse("joining");
    }
}
