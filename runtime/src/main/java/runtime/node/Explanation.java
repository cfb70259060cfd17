package runtime.node;

import api.node.CreateContainerRequest;
import api.node.ExplainResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import runtime.container.ContainerException;
import runtime.container.ContainerNetwork;
import runtime.container.Containers;
import runtime.container.Explainer;
import runtime.forward.LogChoice;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanPrinter;

/** The plan of a start that does not happen, as text and JSON. */
public final class Explanation {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Explanation() {}

    static ExplainResponse of(Containers containers, CreateContainerRequest request)
            throws ContainerException, IOException {
        return response(containers.planOf(VolumesFrom.options(request, containers)));
    }

    /**
     * The same without a daemon and without root.
     *
     * @param folders the daemon's, if there were one
     * @throws IOException with a sentence for the user if the options cannot be right
     */
    public static ExplainResponse withoutDaemon(
            CreateContainerRequest request, NodeFolders folders, ContainerNetwork network)
            throws IOException {
        try {
            if (request.getVolumesFromCount() > 0) {
                throw new ContainerException(ContainerException.Reason.UNSUPPORTED,
                        "--volumes-from needs a daemon that knows the other container");
            }
            return response(Explainer.withoutDaemon(folders.data(), folders.run(),
                    folders.cgroupParent(), network).plan(
                            OptionTranslation.container(request, LogChoice.OWN)));
        } catch (ContainerException wrong) {
            throw new IOException(wrong.getMessage(), wrong);
        }
    }

    private static ExplainResponse response(LaunchPlan plan) {
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
