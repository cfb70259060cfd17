package cli.command;

import api.cluster.Decision;
import api.cluster.WhyRequest;
import api.cluster.WhyResponse;
import cli.render.Json;
import cli.render.Yaml;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Says why something runs where it runs, or does not. */
final class WhyCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("why", "Say why a service, task or node is as it is")
                .positionals("SERVICE|TASK|NODE", 1, 1)
                .flag("history", "Also what was decided before the last time")
                .value('o', "output", "string", "\"text\" (default), \"json\" or \"yaml\": the decisions");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String output = arguments.value("output", "text");
        switch (output) {
            case "text", "json", "yaml" -> { }
            default -> throw Arguments.invalid("output", output, "expected text, json or yaml");
        }
        WhyResponse why;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            why = client.unary("Why", WhyRequest.newBuilder().setName(arguments.positional(0))
                    .setHistory(arguments.isOn("history")).build(), WhyResponse.parser());
        }
        if (output.equals("text")) {
            console.print(why.getText().endsWith("\n") ? why.getText() : why.getText() + "\n");
            return 0;
        }
        List<Object> decisions = new ArrayList<>();
        for (Decision decision : why.getDecisionsList()) {
            decisions.add(Decisions.object(decision, why.getNodeNamesMap()));
        }
        console.print(output.equals("yaml") ? Yaml.text(decisions) : Json.indented(decisions) + "\n");
        return 0;
    }
}
