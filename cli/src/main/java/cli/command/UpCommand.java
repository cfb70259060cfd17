package cli.command;

import api.cluster.Service;
import api.cluster.ServiceView;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.Dependency;
import cli.stack.NetworkNeeds;
import cli.stack.Readiness;
import cli.transport.CallException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Starts a Compose project on the only node, each service after those it depends on. */
final class UpCommand implements Command {

    @Override
    public Syntax syntax() {
        return StackOptions.addProject(new Syntax("up", "Start a Compose project on this node, and show its logs"))
                .flag('d', "detach", "Return once everything has started, and let it run")
                .value("profile", "name", "Services of this profile, too; * = of all")
                .flag("with-registry-auth", "Use the user's logins for the images' registries");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        Optional<ComposeProject> read = ComposeFiles.readNamed(StackOptions.files(arguments),
                arguments.value("project-name"), arguments.values("profile"), console);
        if (read.isEmpty()) {
            return 1;
        }
        try (StackClient client = StackClient.connect(console)) {
            int nodes = client.nodes();
            if (nodes > 1) {
                console.say("jctl: up starts a project on one node, and the cluster has " + nodes
                        + ": use `jctl stack deploy`");
                return 1;
            }
            NetworkNeeds needs = NetworkNeeds.of(Readiness.endingWhereWaitedFor(read.get()), nodes);
            StackSurroundings surroundings = new StackSurroundings(client, needs, true, console);
            if (StackDeployCommand.isRefused(surroundings.check(), console)) {
                return 1;
            }
            surroundings.make();
            ComposeProject project = needs.project();
            StackServices services =
                    new StackServices(client, project, arguments.isOn("with-registry-auth"), console);
            try (Interruption interruption = new Interruption()) {
                return new Run(client, project, services, interruption, console).up(arguments.isOn("detach"));
            }
        }
    }

    /** One time it is started. */
    private record Run(StackClient client, ComposeProject project, StackServices services,
            Interruption interruption, Console console) {

        int up(boolean detach) throws UsageException, CallException, IOException {
            if (detach) {
                return start(null);
            }
            try (ProjectLogs logs = new ProjectLogs(project, client, console)) {
                int code = start(logs);
                if (code == 0 && !interruption.isStopped()) {
                    code = watch(logs);
                }
                if (code != 0 || interruption.isStopped()) {
                    stop(logs);
                }
                logs.finish();
                return code;
            }
        }

        private int start(ProjectLogs logs) throws UsageException, CallException, IOException {
            Map<String, ServiceView> there = client.services(project.name());
            for (String name : project.startOrder()) {
                ComposeService service = project.services().get(name);
                for (Dependency dependency : service.dependencies()) {
                    ComposeService other = project.services().get(dependency.service());
                    if (other != null && !reached(other, dependency.condition(), ", which " + name + " waits for",
                            logs)) {
                        return interruption.isStopped() ? 0 : 1;
                    }
                }
                if (interruption.isStopped()) {
                    return 0;
                }
                services.bring(service, there);
            }
            for (ComposeService service : project.services().values()) {
                if (!reached(service, Dependency.Condition.STARTED, "", logs)) {
                    return interruption.isStopped() ? 0 : 1;
                }
            }
            return 0;
        }

        /** Waits for it; says why if it will not be. */
        private boolean reached(ComposeService service, Dependency.Condition condition, String whose,
                ProjectLogs logs) throws CallException, IOException {
            Readiness reached = interruption.await(() -> {
                follow(logs);
                return services.readiness(service, condition);
            });
            if (!reached.failure().isEmpty()) {
                console.say("jctl: service " + project.serviceName(service.name()) + whose + ": "
                        + reached.failure());
            }
            return reached.done();
        }

        private void follow(ProjectLogs logs) throws CallException, IOException {
            if (logs != null) {
                logs.follow(present());
            }
        }

        private List<Service> present() throws CallException, IOException {
            return client.services(project.name()).values().stream().map(ServiceView::getService).toList();
        }

        /** Until it is interrupted, or everything has ended. */
        private int watch(ProjectLogs logs) throws CallException, IOException {
            do {
                logs.follow(present());
                int code = 0;
                boolean over = true;
                for (ComposeService service : project.services().values()) {
                    Optional<List<Readiness.Seen>> there = services.seen(service);
                    List<Readiness.Seen> seen = there.orElse(List.of());
                    // One that somebody removed is over; one that has no task yet is not.
                    over &= there.isEmpty() || Readiness.isOver(service, seen);
                    code = Math.max(code,
                            Readiness.of(Dependency.Condition.COMPLETED, service, seen).failure().isEmpty() ? 0 : 1);
                }
                if (over) {
                    logs.follow(present()); // of containers that came and went since the last time
                    logs.finish();
                    return code;
                }
            } while (!interruption.pause());
            return 0;
        }

        /** Ends what this command began; networks, volumes, secrets and configs stay for the next time. */
        private void stop(ProjectLogs logs) throws CallException, IOException {
            Set<String> begun = services.begun().stream().map(Service::getId).collect(Collectors.toSet());
            for (Service service : services.begun().reversed()) {
                console.say("Stopping service " + service.getSpec().getName());
                client.remove(service);
            }
            try (Interruption again = new Interruption()) {
                again.await(() -> {
                    logs.follow(present());
                    return new Readiness(present().stream().noneMatch(each -> begun.contains(each.getId())), "");
                });
            }
        }
    }
}
