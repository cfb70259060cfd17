package cli.command;

import api.cluster.ServiceView;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import clusterd.compose.Dependency;
import clusterd.model.Mode;
import clusterd.model.RestartPolicy;
import cli.stack.NetworkNeeds;
import cli.stack.Readiness;
import cli.transport.CallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a stack to what its Compose files say. */
final class StackDeployCommand implements Command {

    @Override
    public Syntax syntax() {
        return StackOptions.addFiles(new Syntax("stack deploy", "Deploy a new stack, or change one that is there")
                        .positionals("STACK", 1, 1))
                .flag("prune", "Remove services that the files no longer have")
                .flag("dry-run", "Show what would happen, as `jctl service plan` does; exit code 2: something would")
                .flag('d', "detach", "Do not wait until the services run")
                .flag('q', "quiet", "Do not say how the waiting goes")
                .value("resolve-image", "string", "Accepted; each node resolves the reference it is given")
                .flag("with-registry-auth", "Give nodes the user's logins for the images' registries");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String stack = arguments.positional(0);
        if (!arguments.has("compose-file")) {
            throw new UsageException("name a Compose file with -c, or - for standard input");
        }
        if (!List.of("", "always", "changed", "never").contains(arguments.value("resolve-image"))) {
            throw Arguments.invalid("resolve-image", arguments.value("resolve-image"),
                    "expected always, changed or never");
        }
        if (arguments.isOn("dry-run")) {
            return StackPlanned.run(arguments.values("compose-file"), stack, "text",
                    arguments.isOn("with-registry-auth"), console);
        }
        Optional<ComposeProject> read =
                ComposeFiles.read(arguments.values("compose-file"), stack, List.of(), console);
        if (read.isEmpty()) {
            return 1;
        }
        try (StackClient client = StackClient.connect(console)) {
            return deploy(read.get(), client, arguments, console);
        }
    }

    private static int deploy(ComposeProject read, StackClient client, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        int nodes = client.nodes();
        NetworkNeeds needs = NetworkNeeds.of(read, nodes);
        StackSurroundings surroundings = new StackSurroundings(client, needs, nodes <= 1, console);
        if (isRefused(surroundings.check(), console)) {
            return 1;
        }
        ComposeProject project = needs.project();
        Map<String, ServiceView> there = client.services(project.name());
        if (arguments.isOn("prune")) {
            prune(project, there, client, console);
        }
        surroundings.make();
        StackServices services =
                new StackServices(client, project, arguments.isOn("with-registry-auth"), console);
        Map<ComposeService, Convergence.Before> brought = new LinkedHashMap<>();
        for (ComposeService service : project.services().values()) {
            brought.put(service, services.bring(service, there));
        }
        return arguments.isOn("detach") ? 0 : await(project, services, brought, client, arguments, console);
    }

    /** Whether something is in the way, which is said, all of it. */
    static boolean isRefused(List<String> refusals, Console console) throws IOException {
        for (String refusal : refusals) {
            console.say("jctl: " + refusal);
        }
        return !refusals.isEmpty();
    }

    private static void prune(ComposeProject project, Map<String, ServiceView> there, StackClient client,
            Console console) throws CallException, IOException {
        List<String> wanted = project.services().keySet().stream().map(project::serviceName).toList();
        for (Map.Entry<String, ServiceView> each : there.entrySet()) {
            if (!wanted.contains(each.getKey()) && !each.getValue().getService().getRemoved()) {
                console.println("Removing service " + each.getKey());
                client.remove(each.getValue().getService());
            }
        }
    }

    private static int await(ComposeProject project, StackServices services,
            Map<ComposeService, Convergence.Before> brought, StackClient client, Arguments arguments,
            Console console) throws CallException, IOException {
        int code = 0;
        for (Map.Entry<ComposeService, Convergence.Before> each : brought.entrySet()) {
            String name = project.serviceName(each.getKey().name());
            if (mayEnd(each.getKey())) {
                try (Interruption interruption = new Interruption()) {
                    Readiness reached = interruption.await(() ->
                            services.readiness(each.getKey(), Dependency.Condition.STARTED));
                    if (!reached.failure().isEmpty()) {
                        console.say("jctl: service " + name + ": " + reached.failure());
                        code = 1;
                    } else if (interruption.isStopped()) {
                        return code;
                    }
                }
                continue;
            }
            ServiceWaiting waiting = new ServiceWaiting(console, client.cluster(), name, arguments.isOn("quiet"));
            code = Math.max(code, waiting.await(Convergence.Wish.RUN, each.getValue()));
            if (waiting.isStopped()) {
                return code;
            }
        }
        return code;
    }

    /** Whether its tasks end and nothing follows, so that never as many run as were wanted. */
    private static boolean mayEnd(ComposeService service) {
        boolean always = service.mode() instanceof Mode.Replicated || service.mode() instanceof Mode.Global;
        return always && service.restart().condition() != RestartPolicy.Condition.ANY;
    }
}
