package cli.command;

import api.node.NetworkFlowsRequest;
import api.node.NetworkFlowsResponse;
import cli.render.Json;
import cli.render.Table;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows what networks' policies refused on a node, and by which rule. */
final class NetFlowsCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("net flows", "Show what overlay networks' policies refused on this node, and by which rule")
                .positionals("[NETWORK]", 0, 1)
                .flag("rules", "Show how often each rule decided")
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String output = arguments.value("output", "text");
        if (!output.equals("text") && !output.equals("json")) {
            throw Arguments.invalid("output", output, "expected text or json");
        }
        NetworkFlowsResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("NetworkFlows", NetworkFlowsRequest.newBuilder()
                    .setNetwork(arguments.positionals().isEmpty() ? "" : arguments.positional(0)).build(),
                    NetworkFlowsResponse.parser());
        }
        if (output.equals("json")) {
            console.println(Json.indented(response.getNetworksList().stream().map(NetFlowsCommand::value).toList()));
        } else if (arguments.isOn("rules")) {
            console.print(rules(response));
        } else {
            console.print(refused(response));
        }
        return 0;
    }

    private static String refused(NetworkFlowsResponse response) {
        Table table = new Table();
        table.add("NETWORK", "FROM", "TO", "PORT", "PACKETS", "LAST", "RULE");
        response.getNetworksList().forEach(network -> network.getRefusedList().forEach(each -> table.add(network.getName(),
                each.getFrom(), each.getTo(), (each.getPort() == 0 ? "" : each.getPort() + "/") + each.getProtocol(),
                Long.toString(each.getPackets()), each.getAgoSeconds() + " s ago", each.getRule())));
        return table.text();
    }

    private static String rules(NetworkFlowsResponse response) {
        Table table = new Table();
        table.add("NETWORK", "RULE", "PACKETS");
        response.getNetworksList().forEach(network -> network.getRulesList().forEach(each -> table.add(network.getName(),
                each.getRule(), Long.toString(each.getPackets()))));
        return table.text();
    }

    private static Map<String, Object> value(NetworkFlowsResponse.Network network) {
        List<Object> refused = new ArrayList<>();
        for (NetworkFlowsResponse.Refused each : network.getRefusedList()) {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("From", each.getFrom());
            value.put("To", each.getTo());
            value.put("Protocol", each.getProtocol());
            value.put("Port", each.getPort());
            value.put("Packets", each.getPackets());
            value.put("AgoSeconds", each.getAgoSeconds());
            value.put("Rule", each.getRule());
            refused.add(value);
        }
        List<Object> rules = new ArrayList<>();
        network.getRulesList().forEach(each -> rules.add(new LinkedHashMap<>(Map.of("Rule", each.getRule(), "Packets",
                each.getPackets()))));
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("Network", network.getName());
        value.put("Refused", refused);
        value.put("Rules", rules);
        return value;
    }
}
