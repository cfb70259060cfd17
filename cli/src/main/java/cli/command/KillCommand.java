package cli.command;

import api.node.KillContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Sends a signal to containers. */
final class KillCommand implements OverNames {
    private final String name;

    KillCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Kill one or more running containers")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY)
                .value('s', "signal", "string", "Signal to send to the container (default KILL)");
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("KillContainer", new MessageWriter()
                .string(KillContainerRequest.CONTAINER_FIELD_NUMBER, container)
                .string(KillContainerRequest.SIGNAL_FIELD_NUMBER, arguments.value("signal")));
        console.println(container);
    }
}
