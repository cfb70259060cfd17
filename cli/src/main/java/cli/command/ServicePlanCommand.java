package cli.command;

import api.cluster.Decision;
import api.cluster.PlanServiceRequest;
import api.cluster.PlanServiceResponse;
import clusterd.explain.Why;
import cli.render.Json;
import cli.render.Yaml;
import cli.transport.CallException;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what a service would do to the cluster; nothing is done. */
final class ServicePlanCommand implements Command {

    @Override
    public Syntax syntax() {
        return ServiceOptions.addTo(ServiceOptions.addCreation(
                new Syntax("service plan", "Show what a service, or a Compose file, would do to the cluster")
                        .positionals("IMAGE|FILE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst()))
                .value("stack", "string", "Name of the stack if FILE.yaml, or - for standard input, is planned;"
                        + " exit code 2: something would change")
                .value('o', "output", "string", "\"text\" (default), \"json\" or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String output = arguments.value("output", "text");
        switch (output) {
            case "text", "json", "yaml" -> { }
            default -> throw Arguments.invalid("output", output, "expected text, json or yaml");
        }
        if (StackPlanned.isFile(arguments.positionals())) {
            return StackPlanned.run(List.of(arguments.positional(0)), arguments.value("stack", ""), output,
                    arguments.isOn("with-registry-auth"), console);
        }
        byte[] spec = ServiceRequest.whole(arguments, console);
        PlanServiceResponse plan;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            plan = client.unary("PlanService", request(spec), PlanServiceResponse.parser());
        }
        for (String warning : plan.getWarningsList()) {
            console.say("WARNING: " + warning);
        }
        console.print(switch (output) {
            case "json" -> Json.indented(object(plan)) + "\n";
            case "yaml" -> Yaml.text(object(plan));
            default -> text(plan);
        });
        return 0;
    }

    private static PlanServiceRequest request(byte[] spec) {
        try {
            return PlanServiceRequest.newBuilder()
                    .setSpec(api.cluster.ServiceSpec.parseFrom(spec)).build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written here cannot be read", e);
        }
    }

    /** A line for each step, then why nodes were refused, then the numbers. */
    static String text(PlanServiceResponse plan) {
        StringBuilder text = new StringBuilder();
        plan.getStepsList().forEach(step -> text.append(line(step)));
        refusals(plan.getDecisionsList(), text);
        return text.append(sum(plan.getStepsList())).append('\n').toString();
    }

    /** Of one step. */
    static String line(PlanServiceResponse.Step step) {
        return sign(step.getAction()) + " " + step.getAction() + " " + step.getTaskName()
                + (step.getNodeName().isEmpty() ? "" : (step.getAction().equals("move") ? " from " : " on ")
                        + step.getNodeName())
                + (step.getWhy().isEmpty() ? "" : ": " + step.getWhy()) + "\n";
    }

    static void refusals(List<Decision> decisions, StringBuilder text) {
        for (Decision decision : decisions) {
            for (Decision.Refused refused : decision.getRefusedList()) {
                text.append("  ").append(Why.refusal(refused.getNodes(), refused.getReason()));
                if (refused.getExamplesCount() > 0) {
                    text.append(" (").append(String.join(", ", refused.getExamplesList()))
                            .append(refused.getNodes() > refused.getExamplesCount() ? ", …" : "").append(')');
                }
                text.append('\n');
            }
        }
    }

    /** How many of each kind. */
    static String sum(List<PlanServiceResponse.Step> steps) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        steps.forEach(step -> counts.merge(step.getAction(), 1, Integer::sum));
        StringBuilder sum = new StringBuilder();
        counts.forEach((action, count) ->
                sum.append(sum.isEmpty() ? "" : ", ").append(count).append(" to ").append(action));
        return sum.isEmpty() ? "nothing to do" : sum.toString();
    }

    private static char sign(String action) {
        return switch (action) {
            case "start" -> '+';
            case "stop" -> '-';
            case "keep" -> '=';
            case "move" -> '>';
            case "replace" -> '~';
            case "preempt" -> '!';
            default -> '?';
        };
    }

    private static Map<String, Object> object(PlanServiceResponse plan) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("Steps", steps(plan.getStepsList()));
        List<Object> decisions = new ArrayList<>();
        for (Decision decision : plan.getDecisionsList()) {
            decisions.add(Decisions.object(decision, Map.of()));
        }
        object.put("Decisions", decisions);
        object.put("Warnings", new ArrayList<Object>(plan.getWarningsList()));
        return object;
    }

    static List<Object> steps(List<PlanServiceResponse.Step> all) {
        List<Object> steps = new ArrayList<>();
        for (PlanServiceResponse.Step step : all) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Action", step.getAction());
            one.put("Task", step.getTaskName());
            one.put("Node", step.getNodeName());
            one.put("Why", step.getWhy());
            steps.add(one);
        }
        return steps;
    }
}
