package cli.command;

import api.node.StopContainerRequest;
import api.node.StopContainerResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Stops containers. */
final class StopCommand implements OverNames {
    private final String name;

    StopCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Stop one or more running containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .value('s', "signal", "string", "Signal to send to the container")
                .value('t', "time", "int", "Seconds to wait before killing the container")
                .value("timeout", "int", "Same as --time");
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        StopContainerRequest.Builder request = StopContainerRequest.newBuilder()
                .setContainer(container).setSignal(arguments.value("signal"));
        if (arguments.has("time")) {
            request.setTimeoutSeconds(arguments.integer("time"));
        } else if (arguments.has("timeout")) {
            request.setTimeoutSeconds(arguments.integer("timeout"));
        }
        client.unary("StopContainer", request.build(), StopContainerResponse.parser());
        console.println(container);
    }
}
