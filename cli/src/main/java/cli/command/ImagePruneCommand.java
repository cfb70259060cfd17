package cli.command;

import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Removes images nobody uses. */
final class ImagePruneCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("image prune", "Remove unused images")
                .flag('a', "all", "Remove all images no container uses, not only untagged ones")
                .flag('f', "force", "Do not ask")
                .value("filter", "filter", "Only these: until=24h, label=…");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!Confirmation.givenAnywhere("This will remove all images "
                + (arguments.isOn("all") ? "without a container" : "without a name")
                + ". Continue?", arguments, console)) {
            return 1;
        }
        long reclaimedBytes;
        try (NodeClient client = NodeClient.connect(console)) {
            reclaimedBytes = prune(client, arguments, console);
        }
        console.println("Total reclaimed space: " + Sizes.decimal(reclaimedBytes));
        return 0;
    }

    /**
     * Removes them and prints their names and digests.
     *
     * @return what it freed, in bytes
     */
    static long prune(NodeClient client, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        PruneImagesResponse response = client.unary("PruneImages",
                PruneImagesRequest.newBuilder().setAll(arguments.isOn("all"))
                        .addAllFilters(Filters.of(arguments)).build(),
                PruneImagesResponse.parser());
        List<String> lines = new ArrayList<>();
        response.getUntaggedList().forEach(name -> lines.add("untagged: " + name));
        response.getDeletedList().forEach(digest -> lines.add("deleted: " + digest));
        ContainerPruneCommand.print("Deleted Images:", lines, console);
        return response.getReclaimedBytes();
    }
}
