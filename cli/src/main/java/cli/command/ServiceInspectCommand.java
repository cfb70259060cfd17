package cli.command;

import api.cluster.InspectServiceRequest;
import api.cluster.ServiceView;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Prints all there is to know about services. */
final class ServiceInspectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("service inspect", "Print detailed information on one or more services")
                .positionals("SERVICE [SERVICE...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", \"pretty\", or a template like {{.Spec.Name}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"")
                .flag("pretty", "In words for people");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean pretty = arguments.isOn("pretty") || arguments.value("format").equals("pretty");
        if (arguments.isOn("pretty") && arguments.has("format")) {
            throw new UsageException("--format is incompatible with human friendly format: leave --pretty out");
        }
        int code = 0;
        List<Object> found = new ArrayList<>();
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            for (String name : arguments.positionals()) {
                try {
                    ServiceView view = client.unary("InspectService",
                            InspectServiceRequest.newBuilder().setName(name).build(), ServiceView.parser());
                    if (pretty) {
                        console.print(ServicePretty.text(view));
                    } else {
                        found.add(ServiceFacts.of(view));
                    }
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
        }
        if (!pretty) {
            InspectCommand.printValues(found, arguments, console);
        }
        return code;
    }
}
