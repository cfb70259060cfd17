package cli.command;

import api.node.ConnectNetworkRequest;
import api.node.NetworkPlace;
import cli.transport.CallException;
import cli.wire.MessageWriter;
import java.io.IOException;

/** Puts a container into a further network. */
final class NetworkConnectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("network connect", "Connect a container to a network")
                .positionals("NETWORK CONTAINER", 2, 2)
                .value("alias", "list", "Add a further name for the container in the network")
                .value("ip", "string", "IPv4 address (172.30.100.104)")
                .value("ip6", "string", "IPv6 address (2001:db8::33)")
                .value("interface-name", "string", "What its link is called in the container (default: eth0, eth1 and so"
                        + " on)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter place = new MessageWriter()
                .string(NetworkPlace.NETWORK_FIELD_NUMBER, arguments.positional(0))
                .strings(NetworkPlace.ALIASES_FIELD_NUMBER, arguments.values("alias"))
                .string(NetworkPlace.IPV4_ADDRESS_FIELD_NUMBER, arguments.value("ip"))
                .string(NetworkPlace.IPV6_ADDRESS_FIELD_NUMBER, arguments.value("ip6"))
                .string(NetworkPlace.INTERFACE_NAME_FIELD_NUMBER, arguments.value("interface-name"));
        try (NodeClient client = NodeClient.connect(console)) {
            client.unary("ConnectNetwork", new MessageWriter()
                    .string(ConnectNetworkRequest.CONTAINER_FIELD_NUMBER, arguments.positional(1))
                    .message(ConnectNetworkRequest.PLACE_FIELD_NUMBER, place));
        }
        return 0;
    }
}
