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
        if (!arguments.isOn("force") && !agreed(all, console)) {
            return 1;
        }
        PruneVolumesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("PruneVolumes", PruneVolumesRequest.newBuilder().setAll(all)
                    .addAllFilters(Filters.of(arguments)).build(), PruneVolumesResponse.parser());
        }
        if (response.getRemovedCount() > 0) {
            console.println("Deleted Volumes:");
            for (String name : response.getRemovedList()) {
                console.println(name);
            }
            console.println("");
        }
        console.println("Total reclaimed space: " + Sizes.decimal(response.getReclaimedBytes()));
        return 0;
    }

    private static boolean agreed(boolean all, Console console) throws IOException {
        console.sayText("This will remove all " + (all ? "" : "anonymous ")
                + "volumes without a container, with all that is in them. Continue? [y/N] ");
        return LineInput.read(console.in()).strip().equalsIgnoreCase("y");
    }
}
