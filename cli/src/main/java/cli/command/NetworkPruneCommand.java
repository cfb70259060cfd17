package cli.command;

import api.node.PruneNetworksRequest;
import api.node.PruneNetworksResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes networks without a container. */
final class NetworkPruneCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("network prune", "Remove all networks no container is in")
                .flag('f', "force", "Do not ask")
                .value("filter", "filter", "Only those that fit: until=24h, label=tier");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!Confirmation.givenAnywhere("This will remove all networks no container is in. Continue?",
                arguments, console)) {
            return 1;
        }
        try (NodeClient client = NodeClient.connect(console)) {
            prune(client, arguments, console);
        }
        return 0;
    }

    /** Removes them and prints their names. */
    static void prune(NodeClient client, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ContainerPruneCommand.print("Deleted Networks:", client.unary("PruneNetworks",
                PruneNetworksRequest.newBuilder().addAllFilters(Filters.of(arguments)).build(),
                PruneNetworksResponse.parser()).getRemovedList(), console);
    }
}
