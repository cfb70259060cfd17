package cli.command;

import api.node.RenameContainerRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Gives a container another name. */
final class RenameCommand implements Command {
    private final String name;

    RenameCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Rename a container").positionals("CONTAINER NEW_NAME", 2, 2);
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console)) {
            client.unary("RenameContainer", new MessageWriter()
                    .string(RenameContainerRequest.CONTAINER_FIELD_NUMBER, arguments.positional(0))
                    .string(RenameContainerRequest.NEW_NAME_FIELD_NUMBER, arguments.positional(1)));
        }
        return 0;
    }
}
