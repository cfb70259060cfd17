package cli.command;

import api.cluster.Decision;
import cli.render.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decisions as values for JSON and YAML. */
final class Decisions {
    private Decisions() {}

    /** @param nodes their names by id */
    static Map<String, Object> object(Decision decision, Map<String, String> nodes) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("Number", decision.getNumber());
        object.put("At", Times.stamp(decision.getAtMillis() * 1_000_000));
        object.put("Service", decision.getService());
        object.put("SpecVersion", decision.getSpecVersion());
        object.put("Wanted", decision.getWanted());
        List<Object> chosen = new ArrayList<>();
        for (Decision.Chosen each : decision.getChosenList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Node", each.getNode());
            one.put("NodeName", nodes.getOrDefault(each.getNode(), ""));
            one.put("Tasks", each.getTasks());
            one.put("Why", each.getWhy());
            chosen.add(one);
        }
        object.put("Chosen", chosen);
        List<Object> refused = new ArrayList<>();
        for (Decision.Refused each : decision.getRefusedList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("Filter", each.getFilter());
            one.put("Reason", each.getReason());
            one.put("Nodes", each.getNodes());
            one.put("Examples", new ArrayList<Object>(each.getExamplesList()));
            refused.add(one);
        }
        object.put("Refused", refused);
        return object;
    }
}
