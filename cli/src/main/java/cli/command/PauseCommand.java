package cli.command;

import api.node.PauseContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Stops all processes of containers where they are, or lets them go on. */
final class PauseCommand implements OverNames {
    private final String name;
    private final boolean pauses;

    PauseCommand(String name, boolean pauses) {
        this.name = name;
        this.pauses = pauses;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, pauses ? "Pause all processes within one or more containers"
                : "Unpause all processes within one or more containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        // Both requests have the container's name in the same field.
        client.unary(pauses ? "PauseContainer" : "UnpauseContainer", new MessageWriter()
                .string(PauseContainerRequest.CONTAINER_FIELD_NUMBER, container));
        console.println(container);
    }
}
