package cli.command;

import api.cluster.ContainerTemplate;
import api.cluster.CreateServiceRequest;
import api.cluster.CreateServiceResponse;
import api.cluster.Desire;
import api.cluster.Service;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.Task;
import api.cluster.TaskState;
import api.cluster.TaskView;
import api.cluster.UpdateServiceRequest;
import api.cluster.UpdateServiceResponse;
import api.node.RegistryAuth;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.Dependency;
import clusterd.wire.ComposedService;
import clusterd.wire.RecordCodec;
import cli.stack.Readiness;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a project's services to the cluster, and looks how far they are. */
final class StackServices {
    private static final RecordCodec<clusterd.model.ServiceSpec> SPECS =
            RecordCodec.of(clusterd.model.ServiceSpec.class);

    private final StackClient client;
    private final Console console;
    private final ComposeProject project;
    private final boolean withAuth;
    private final List<Service> begun = new ArrayList<>();

    /** @param withAuth whether nodes get the user's logins for the images */
    StackServices(StackClient client, ComposeProject project, boolean withAuth, Console console) {
        this.client = client;
        this.console = console;
        this.project = project;
        this.withAuth = withAuth;
    }

    /**
     * Makes a service, or changes it if it is another one than before.
     *
     * @param there the stack's services by name
     * @return what it was before; nothing to wait behind if it was not, or is the same
     */
    Convergence.Before bring(ComposeService service, Map<String, ServiceView> there)
            throws UsageException, CallException, IOException {
        Service known = there.containsKey(project.serviceName(service.name()))
                ? there.get(project.serviceName(service.name())).getService() : null;
        ServiceSpec spec = spec(service, known == null ? null : known.getSpec());
        if (known == null) {
            console.println("Creating service " + spec.getName());
            CreateServiceResponse made = client.cluster().unary("CreateService",
                    CreateServiceRequest.newBuilder().setSpec(spec).build(), CreateServiceResponse.parser());
            warn(made.getWarningsList());
            begun.add(Service.newBuilder().setId(made.getId()).setSpec(spec).build());
            return Convergence.Before.NOTHING;
        }
        if (known.getSpec().equals(spec)) {
            console.println("Service " + spec.getName() + " is unchanged");
            return Convergence.Before.NOTHING;
        }
        console.println("Updating service " + spec.getName() + " (id: " + known.getId() + ")");
        warn(client.cluster().unary("UpdateService", UpdateServiceRequest.newBuilder().setName(known.getId())
                .setExpectedVersion(known.getVersion()).setSpec(spec).build(), UpdateServiceResponse.parser())
                .getWarningsList());
        begun.add(known);
        return new Convergence.Before(known.getVersion(), known.getUpdate().getStartedMillis());
    }

    /** Those that were made or changed. */
    List<Service> begun() {
        return List.copyOf(begun);
    }

    private void warn(List<String> warnings) throws IOException {
        for (String warning : warnings) {
            console.say("WARNING: " + warning);
        }
    }

    /**
     * As the cluster shall have it. What a file cannot say stays as it was: how often all tasks were made again,
     * and, unless it is given anew, the login for the image's registry.
     *
     * @param before null = it is new
     */
    ServiceSpec spec(ComposeService service, ServiceSpec before) throws UsageException, IOException {
        ServiceSpec spec = ServiceSpec.parseFrom(SPECS.encode(ComposedService.spec(project, service)));
        RegistryAuth auth = withAuth ? RegistryLogins.find(service.image(), console) : null;
        if (before != null) {
            spec = spec.toBuilder().setTask(spec.getTask().toBuilder().setForce(before.getTask().getForce())).build();
            ContainerTemplate old = before.getTask().getContainer();
            if (auth == null && old.getOptions().hasAuth() && old.getImage().equals(service.image())) {
                auth = old.getOptions().getAuth();
            }
        }
        if (auth == null) {
            return spec;
        }
        ContainerTemplate container = spec.getTask().getContainer();
        return spec.toBuilder().setTask(spec.getTask().toBuilder().setContainer(container.toBuilder()
                .setOptions(container.getOptions().toBuilder().setAuth(auth)))).build();
    }

    /** How far a service's tasks are. */
    Readiness readiness(ComposeService service, Dependency.Condition condition) throws CallException, IOException {
        Optional<List<Readiness.Seen>> seen = seen(service);
        return seen.isEmpty() ? new Readiness(false, "it was removed")
                : Readiness.of(condition, service, seen.get());
    }

    /** A service's tasks of its present spec; empty if it is removed. */
    Optional<List<Readiness.Seen>> seen(ComposeService service) throws CallException, IOException {
        String name = project.serviceName(service.name());
        ServiceView view = client.services(project.name()).get(name);
        if (view == null || view.getService().getRemoved()) {
            return Optional.empty();
        }
        List<Readiness.Seen> seen = new ArrayList<>();
        for (TaskView each : client.tasks(view.getService().getId())) {
            Task task = each.getTask();
            if (task.getSpecVersion() == view.getService().getSpecVersion()) {
                seen.add(seen(task));
            }
        }
        return Optional.of(seen);
    }

    private static Readiness.Seen seen(Task task) {
        boolean wanted = task.getDesire() == Desire.DESIRE_RUNNING || task.getDesire() == Desire.DESIRE_READY
                || task.getStatus().getState() == TaskState.TASK_COMPLETE;
        String message = task.getStatus().getMessage();
        return new Readiness.Seen(clusterd.model.TaskState.values()[task.getStatus().getStateValue()], wanted,
                task.getCreatedMillis(), message.isEmpty() && task.getStatus().getExitCode() != 0
                        ? "task: non-zero exit (" + task.getStatus().getExitCode() + ")" : message);
    }
}
