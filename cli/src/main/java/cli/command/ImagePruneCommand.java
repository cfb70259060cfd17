package cli.command;

import api.node.Filter;
import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;

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
        boolean all = arguments.isOn("all");
        if (!arguments.isOn("force") && !agreed(all, console)) {
            return 1;
        }
        PruneImagesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            PruneImagesRequest.Builder request = PruneImagesRequest.newBuilder().setAll(all);
            for (String filter : arguments.values("filter")) {
                String[] pair = PruneFilters.pair(filter);
                request.addFilters(Filter.newBuilder().setKey(pair[0]).setValue(pair[1]));
            }
            response = client.unary("PruneImages", request.build(), PruneImagesResponse.parser());
        }
        for (String name : response.getUntaggedList()) {
            console.println("Untagged: " + name);
        }
        for (String digest : response.getDeletedList()) {
            console.println("Deleted: " + digest);
        }
        console.println("Total reclaimed space: " + Sizes.decimal(response.getReclaimedBytes()));
        return 0;
    }

    private static boolean agreed(boolean all, Console console) throws IOException {
        console.sayText("This will remove all images " + (all ? "without a container" : "without a "
                + "name") + ". Continue? [y/N] ");
        return LineInput.read(console.in()).strip().equalsIgnoreCase("y");
    }
}
