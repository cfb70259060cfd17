package cli.command;

import api.node.DisconnectNetworkRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Takes a container out of a network. */
final class NetworkDisconnectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("network disconnect", "Disconnect a container from a network")
                .positionals("NETWORK CONTAINER", 2, 2)
                .flag('f', "force", "Accepted for docker's sake: a running container is always"
                        + " disconnected");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try (NodeClient client = NodeClient.connect(console)) {
            client.unary("DisconnectNetwork", new MessageWriter()
                    .string(DisconnectNetworkRequest.NETWORK_FIELD_NUMBER, arguments.positional(0))
                    .string(DisconnectNetworkRequest.CONTAINER_FIELD_NUMBER,
                            arguments.positional(1)));
        }
        return 0;
    }
}
