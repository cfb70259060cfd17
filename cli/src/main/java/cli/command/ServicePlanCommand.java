package cli.command;

import api.cluster.Decision;
import api.cluster.PlanServiceRequest;
import api.cluster.PlanServiceResponse;
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
                new Syntax("service plan", "Show what creating or replacing a service would do")
                        .positionals("IMAGE [COMMAND] [ARG...]", 1, Syntax.ANY).optionsFirst()))
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
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (PlanServiceResponse.Step step : plan.getStepsList()) {
            counts.merge(step.getAction(), 1, Integer::sum);
            text.append(sign(step.getAction())).append(' ').append(step.getAction()).append(' ')
                    .append(step.getTaskName());
            if (!step.getNodeName().isEmpty()) {
                text.append(" on ").append(step.getNodeName());
            }
            text.append(step.getWhy().isEmpty() ? "" : ": " + step.getWhy()).append('\n');
        }
        for (Decision decision : plan.getDecisionsList()) {
            for (Decision.Refused refused : decision.getRefusedList()) {
                text.append("  ").append(refused.getNodes() == 1 ? "1 node" : refused.getNodes() + " nodes")
                        .append(' ').append(refused.getReason());
                if (refused.getExamplesCount() > 0) {
                    text.append(" (").append(String.join(", ", refused.getExamplesList()))
                            .append(refused.getNodes() > refused.getExamplesCount() ? ", …" : "").append(')');
                }
                text.append('\n');
            }
        }
        StringBuilder sum = new StringBuilder();
        counts.forEach((action, count) ->
                sum.append(sum.isEmpty() ? "" : ", ").append(count).append(" to ").append(action));
        return text.append(sum.isEmpty() ? "nothing to do" : sum).append('\n').toString();
    }

    private static char sign(String action) {
        return switch (action) {
            case "start" -> '+';
            case "stop" -> '-';
            case "keep" -> '=';
            case "preempt" -> '!';
            default -> '?';
        };
    }

    private static Map<String, Object> object(PlanServiceResponse plan) {
        Map<String, Object> object = new LinkedHashMap<>();
        List<Object> steps = new ArrayList<>();
        for (PlanServiceResponse.Step step : plan.getStepsList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Action", step.getAction());
            one.put("Task", step.getTaskName());
            one.put("Node", step.getNodeName());
            one.put("Why", step.getWhy());
            steps.add(one);
        }
        object.put("Steps", steps);
        List<Object> decisions = new ArrayList<>();
        for (Decision decision : plan.getDecisionsList()) {
            decisions.add(Decisions.object(decision, Map.of()));
        }
        object.put("Decisions", decisions);
        object.put("Warnings", new ArrayList<Object>(plan.getWarningsList()));
        return object;
    }
}
