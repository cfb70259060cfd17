package cli.command;

import api.node.RestartContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Stops containers and starts them again. */
final class RestartCommand implements OverNames {
    private final String name;

    RestartCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return StopCommand.options(new Syntax(name, "Restart one or more containers"));
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter()
                .string(RestartContainerRequest.CONTAINER_FIELD_NUMBER, container)
                .string(RestartContainerRequest.SIGNAL_FIELD_NUMBER, arguments.value("signal"));
        StopCommand.timeout(request, RestartContainerRequest.TIMEOUT_SECONDS_FIELD_NUMBER, arguments);
        client.unary("RestartContainer", request);
        console.println(container);
    }
}
