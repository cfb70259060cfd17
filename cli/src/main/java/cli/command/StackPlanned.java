package cli.command;

import api.cluster.PlanServiceResponse;
import api.cluster.PlanServicesRequest;
import api.cluster.PlanServicesResponse;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeService;
import cli.render.Json;
import cli.render.Yaml;
import cli.stack.NetworkNeeds;
import cli.transport.CallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A Compose file tried out on the cluster as it is: what deploying it would do. */
final class StackPlanned {
    /** As terraform's detailed exit code: it would change something. */
    static final int CHANGES = 2;
    private static final int REFUSED = 1;

    private StackPlanned() {
    }

    /**
     * Whether what is to be planned is a Compose file, not an image.
     *
     * @throws UsageException if words follow it, which would be the arguments of an image's program
     */
    static boolean isFile(List<String> positionals) throws UsageException {
        String name = positionals.getFirst();
        boolean file = name.equals("-") || name.endsWith(".yaml") || name.endsWith(".yml")
                || name.contains("/") && Files.isRegularFile(Path.of(name));
        if (file && positionals.size() > 1) {
            throw new UsageException("after the file " + name + " nothing is expected, and \"" + positionals.get(1)
                    + "\" stands there: options go before it");
        }
        return file;
    }

    /**
     * Prints the plan.
     *
     * @param stack  "" = as the files say, or after their folder
     * @param output text, json or yaml
     * @return 0 = nothing would change, 2 = something would, 1 = it cannot be deployed so
     */
    static int run(List<String> files, String stack, String output, boolean withAuth, Console console)
            throws UsageException, CallException, IOException {
        Optional<ComposeProject> read = ComposeFiles.readNamed(files, stack, List.of(), console);
        if (read.isEmpty()) {
            return REFUSED;
        }
        try (StackClient client = StackClient.connect(console)) {
            int nodes = client.nodes();
            NetworkNeeds needs = NetworkNeeds.of(read.get(), nodes);
            if (StackDeployCommand.isRefused(new StackSurroundings(client, needs, nodes <= 1, console).check(),
                    console)) {
                return REFUSED;
            }
            ComposeProject project = needs.project();
            Map<String, ServiceView> there = client.services(project.name());
            StackServices services = new StackServices(client, project, withAuth, console);
            PlanServicesRequest.Builder request = PlanServicesRequest.newBuilder();
            for (ComposeService service : project.services().values()) {
                ServiceView known = there.get(project.serviceName(service.name()));
                request.addSpecs(services.spec(service, known == null ? (ServiceSpec) null
                        : known.getService().getSpec()));
            }
            PlanServicesResponse plan = client.cluster().unary("PlanServices", request.build(),
                    PlanServicesResponse.parser());
            console.print(switch (output) {
                case "json" -> Json.indented(object(plan)) + "\n";
                case "yaml" -> Yaml.text(object(plan));
                default -> text(plan);
            });
            return isNothing(plan) ? 0 : CHANGES;
        }
    }

    static boolean isNothing(PlanServicesResponse plan) {
        return plan.getServicesList().stream().allMatch(each -> each.getAction().equals("unchanged"));
    }

    /** Per service what becomes of it and of its tasks; then those of others; then the numbers. */
    static String text(PlanServicesResponse plan) {
        StringBuilder text = new StringBuilder();
        Map<String, List<PlanServiceResponse.Step>> byService = new TreeMap<>();
        for (PlanServiceResponse.Step step : plan.getStepsList()) {
            byService.computeIfAbsent(serviceOf(step.getTaskName(), plan), key -> new ArrayList<>()).add(step);
        }
        for (PlanServicesResponse.Change each : plan.getServicesList()) {
            text.append(each.getName()).append(": ").append(each.getAction()).append('\n');
            byService.getOrDefault(each.getName(), List.of()).forEach(step -> text.append("  ")
                    .append(ServicePlanCommand.line(step)));
        }
        List<PlanServiceResponse.Step> others = byService.getOrDefault("", List.of());
        if (!others.isEmpty()) {
            text.append("other services:\n");
            others.forEach(step -> text.append("  ").append(ServicePlanCommand.line(step)));
        }
        ServicePlanCommand.refusals(plan.getDecisionsList(), text);
        return text.append(ServicePlanCommand.sum(plan.getStepsList())).append('\n').toString();
    }

    /** The longest name of a service that a task's begins with. */
    private static String serviceOf(String task, PlanServicesResponse plan) {
        return plan.getServicesList().stream().map(PlanServicesResponse.Change::getName)
                .filter(name -> task.startsWith(name + "."))
                .max(java.util.Comparator.comparingInt(String::length)).orElse("");
    }

    private static Map<String, Object> object(PlanServicesResponse plan) {
        Map<String, Object> object = new LinkedHashMap<>();
        List<Object> services = new ArrayList<>();
        for (PlanServicesResponse.Change each : plan.getServicesList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Name", each.getName());
            one.put("Action", each.getAction());
            services.add(one);
        }
        object.put("Services", services);
        object.put("Steps", ServicePlanCommand.steps(plan.getStepsList()));
        List<Object> decisions = new ArrayList<>();
        plan.getDecisionsList().forEach(each -> decisions.add(Decisions.object(each, Map.of())));
        object.put("Decisions", decisions);
        return object;
    }
}
