package cli.command;

import api.node.StopContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
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
        MessageWriter request = new MessageWriter()
                .string(StopContainerRequest.CONTAINER_FIELD_NUMBER, container)
                .string(StopContainerRequest.SIGNAL_FIELD_NUMBER, arguments.value("signal"));
        if (arguments.has("time")) {
            request.optionalNumber(StopContainerRequest.TIMEOUT_SECONDS_FIELD_NUMBER,
                    arguments.integer("time"));
        } else if (arguments.has("timeout")) {
            request.optionalNumber(StopContainerRequest.TIMEOUT_SECONDS_FIELD_NUMBER,
                    arguments.integer("timeout"));
        }
        client.unary("StopContainer", request);
        console.println(container);
    }
}
