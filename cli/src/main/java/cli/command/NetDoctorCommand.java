package cli.command;

import api.node.ExamineNetworksRequest;
import api.node.ExamineNetworksResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Says what of this node is in the way of the networks that nodes share. */
final class NetDoctorCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("net doctor",
                "Check this node's part of networks that nodes share, and say what is in the way")
                .positionals("[NETWORK]", 0, 1)
                .value('o', "output", "string", "\"text\" (default) or \"json\"");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String output = HopReport.output(arguments);
        ExamineNetworksResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ExamineNetworks", ExamineNetworksRequest.newBuilder()
                    .setNetwork(arguments.positionals().isEmpty() ? "" : arguments.positional(0)).build(),
                    ExamineNetworksResponse.parser());
        }
        return HopReport.print(response.getChecksList(), output, console);
    }
}
