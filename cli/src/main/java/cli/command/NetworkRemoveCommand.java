package cli.command;

import api.node.RemoveNetworkRequest;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Removes networks. */
final class NetworkRemoveCommand implements OverNames {

    @Override
    public Syntax syntax() {
        return new Syntax("network rm", "Remove one or more networks")
                .positionals("NETWORK [NETWORK...]", 1, Syntax.ANY)
                .flag('f', "force", "Do not fail for a network that does not exist");
    }

    @Override
    public void one(NodeClient client, String network, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        try {
            client.unary("RemoveNetwork", new MessageWriter()
                    .string(RemoveNetworkRequest.NETWORK_FIELD_NUMBER, network));
        } catch (CallException refused) {
            if (refused.reason().equals("OF_THE_CLUSTER")) {
                OverlayNetworkFlags.remove(network, console);
                console.println(network);
                return;
            }
            if (!arguments.isOn("force") || refused.code() != CallException.NOT_FOUND) {
                throw refused;
            }
        }
        console.println(network);
    }
}
