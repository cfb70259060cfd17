package cli.command;

import api.node.TraceNetworkRequest;
import api.node.TraceNetworkResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Names each hop from a container to another, and the one that fails. */
final class NetTraceCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("net trace", "Name each hop from a container of this node to another, and the one that fails")
                .positionals("CONTAINER TARGET[:PORT]", 2, 2)
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String output = HopReport.output(arguments);
        String target = arguments.positional(1);
        int port = 0;
        int colon = target.lastIndexOf(':');
        boolean hasPort = colon > 0 && (target.indexOf(':') == colon || target.startsWith("["));
        if (hasPort && target.substring(colon + 1).matches("[0-9]{1,5}")) {
            port = Integer.parseInt(target.substring(colon + 1));
            target = target.substring(0, colon).replaceAll("[\\[\\]]", "");
        }
        TraceNetworkResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("TraceNetwork", TraceNetworkRequest.newBuilder()
                    .setContainer(arguments.positional(0)).setTarget(target).setPort(port).build(),
                    TraceNetworkResponse.parser());
        }
        return HopReport.print(response.getHopsList(), output, console);
    }
}
