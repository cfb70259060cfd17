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
        if (!arguments.isOn("force")) {
            console.sayText("This will remove all networks no container is in. Continue? [y/N] ");
            if (!LineInput.read(console.in()).strip().equalsIgnoreCase("y")) {
                return 1;
            }
        }
        PruneNetworksResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("PruneNetworks", PruneNetworksRequest.newBuilder()
                    .addAllFilters(Filters.of(arguments)).build(), PruneNetworksResponse.parser());
        }
        if (response.getRemovedCount() > 0) {
            console.println("Deleted Networks:");
            for (String name : response.getRemovedList()) {
                console.println(name);
            }
        }
        return 0;
    }
}
