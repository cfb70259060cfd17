package cli.command;

import api.node.UpdateContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Changes the limits of containers, running or not. */
final class UpdateCommand implements OverNames {
    private final String name;

    UpdateCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return ContainerOptions.limits(new Syntax(name,
                "Update the limits and the restart policy of one or more containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .value("restart", "string", "Restart policy when a container exits"));
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter()
                .string(UpdateContainerRequest.CONTAINER_FIELD_NUMBER, container)
                .string(UpdateContainerRequest.RESTART_FIELD_NUMBER, arguments.value("restart"))
                .message(UpdateContainerRequest.RESOURCES_FIELD_NUMBER,
                        ResourceOptions.resources(arguments));
        client.unary("UpdateContainer", request);
        console.println(container);
    }
}
