package cli.command;

import api.node.PruneVolumesRequest;
import api.node.PruneVolumesResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;

/** Removes volumes nobody has. */
final class VolumePruneCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("volume prune", "Remove volumes without a container")
                .flag('a', "all", "Remove those with a name too, not only anonymous ones")
                .flag('f', "force", "Do not ask")
                .value("filter", "filter", "Only these: label=…, label!=…");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean all = arguments.isOn("all");
        if (!Confirmation.givenAnywhere("This will remove all " + (all ? "" : "anonymous ")
                + "volumes without a container, with all that is in them. Continue?", arguments,
                console)) {
            return 1;
        }
        long reclaimedBytes;
        try (NodeClient client = NodeClient.connect(console)) {
            reclaimedBytes = prune(client, all, arguments, console);
        }
        console.println("Total reclaimed space: " + Sizes.decimal(reclaimedBytes));
        return 0;
    }

    /**
     * Removes them and prints their names.
     *
     * @return what it freed, in bytes
     */
    static long prune(NodeClient client, boolean all, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        PruneVolumesResponse response = client.unary("PruneVolumes",
                PruneVolumesRequest.newBuilder().setAll(all)
                        .addAllFilters(Filters.of(arguments)).build(),
                PruneVolumesResponse.parser());
        ContainerPruneCommand.print("Deleted Volumes:", response.getRemovedList(), console);
        return response.getReclaimedBytes();
    }
}
