package cli.command;

import api.node.KillContainerRequest;
import api.node.KillContainerResponse;
import cli.transport.CallException;
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
        client.unary("KillContainer", KillContainerRequest.newBuilder().setContainer(container)
                .setSignal(arguments.value("signal")).build(), KillContainerResponse.parser());
        console.println(container);
    }
}
