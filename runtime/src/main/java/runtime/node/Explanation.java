package runtime.node;

import api.node.CreateContainerRequest;
import api.node.ExplainResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import runtime.container.ContainerException;
import runtime.container.Containers;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanPrinter;

/** The plan of a start that does not happen, as text and JSON. */
final class Explanation {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Explanation() {}

    static ExplainResponse of(Containers containers, CreateContainerRequest request)
            throws ContainerException, IOException {
        LaunchPlan plan = containers.planOf(OptionTranslation.container(request));
        return ExplainResponse.newBuilder().setText(PlanPrinter.text(plan)).setJson(json(plan))
                .build();
    }

    private static String json(LaunchPlan plan) {
        ArrayNode steps = MAPPER.createArrayNode();
        for (PlanPrinter.Entry entry : PlanPrinter.entries(plan)) {
            ObjectNode step = steps.addObject().put("index", entry.index())
                    .put("lane", entry.lane()).put("purpose", entry.purpose())
                    .put("call", entry.call());
            entry.arguments().forEach(step.putArray("arguments")::add);
            step.put("text", entry.text()).put("reason", entry.reason())
                    .put("manual", entry.manual());
        }
        try {
            return MAPPER.writeValueAsString(steps);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }
}
