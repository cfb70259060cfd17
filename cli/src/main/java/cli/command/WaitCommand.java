package cli.command;

import api.node.WaitContainerRequest;
import api.node.WaitContainerResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Waits until containers stop and prints their exit codes. */
final class WaitCommand implements OverNames {
    private final String name;

    WaitCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Block until containers stop, then print their exit codes")
                .positionals("CONTAINER [CONTAINER...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String container, Arguments arguments, Console console)
            throws CallException, IOException {
        WaitContainerResponse response = client.unary("WaitContainer",
                WaitContainerRequest.newBuilder().setContainer(container).build(),
                WaitContainerResponse.parser());
        console.println(Integer.toString(response.getExit().getCode()));
    }
}
