package cli.command;

import api.node.PruneImagesRequest;
import api.node.PruneImagesResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Removes what nobody uses: containers, then networks, volumes and images, since each may free the next. */
final class SystemPruneCommand implements Command {
    /** Fields that the answers of PruneNetworks and PruneVolumes have in common. */
    private static final int REMOVED_FIELD_NUMBER = 1;
    private static final int RECLAIMED_BYTES_FIELD_NUMBER = 2;
    /** Of their requests. */
    private static final int NETWORK_FILTERS_FIELD_NUMBER = 1;
    private static final int VOLUME_FILTERS_FIELD_NUMBER = 2;

    @Override
    public Syntax syntax() {
        return new Syntax("system prune", "Remove everything nobody uses")
                .flag('a', "all", "Remove all images no container uses, not only untagged ones")
                .flag("volumes", "Remove anonymous volumes no container has, too")
                .flag('f', "force", "Do not ask")
                .value("filter", "filter", "Only these: until=24h, label=…, label!=…");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean volumes = arguments.isOn("volumes");
        for (String filter : arguments.values("filter")) {
            if (volumes && PruneFilters.pair(filter)[0].equals("until")) {
                throw new UsageException("the filter until and --volumes do not go together:"
                        + " volumes have no time they were last used");
            }
        }
        if (!Confirmation.given(warning(arguments), arguments, console)) {
            return 1;
        }
        long reclaimedBytes;
        boolean failed;
        try (NodeClient client = NodeClient.connect(console)) {
            ContainerPruneCommand.Outcome containers =
                    ContainerPruneCommand.prune(client, arguments, console);
            reclaimedBytes = containers.reclaimedBytes();
            failed = containers.failed();
            try {
                others("PruneNetworks", NETWORK_FILTERS_FIELD_NUMBER, "Deleted Networks:", client,
                        arguments, console);
            } catch (CallException e) {
                if (e.code() != CallException.UNIMPLEMENTED) {
                    throw e;
                }
                console.say("jctl: networks are left alone: this daemon makes none of its own");
            }
            if (volumes) {
                reclaimedBytes += others("PruneVolumes", VOLUME_FILTERS_FIELD_NUMBER,
                        "Deleted Volumes:", client, arguments, console);
            }
            reclaimedBytes += images(client, arguments, console);
        }
        console.println("Total reclaimed space: " + Sizes.decimal(reclaimedBytes));
        return failed ? 1 : 0;
    }

    private static String warning(Arguments arguments) {
        StringBuilder text = new StringBuilder("WARNING! This will remove:"
                + "\n  - all stopped containers"
                + "\n  - all networks not used by at least one container");
        if (arguments.isOn("volumes")) {
            text.append("\n  - all anonymous volumes not used by at least one container");
        }
        text.append(arguments.isOn("all")
                ? "\n  - all images without at least one container associated to them"
                : "\n  - all dangling images");
        List<String> filters = arguments.values("filter");
        if (!filters.isEmpty()) {
            text.append("\n\n  Items to be pruned will be filtered with:");
            for (String filter : filters) {
                text.append("\n  - ").append(filter);
            }
        }
        return text.append('\n').toString();
    }

    private static long others(String call, int filtersField, String heading, NodeClient client,
            Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageReader response = client.unary(call,
                PruneFilters.add(new MessageWriter(), filtersField, arguments));
        List<String> removed = new ArrayList<>();
        long reclaimedBytes = 0;
        while (response.next()) {
            switch (response.field()) {
                case REMOVED_FIELD_NUMBER -> removed.add(response.string());
                case RECLAIMED_BYTES_FIELD_NUMBER -> reclaimedBytes = response.number();
                default -> { }
            }
        }
        ContainerPruneCommand.print(heading, removed, console);
        return reclaimedBytes;
    }

    private static long images(NodeClient client, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageReader response = client.unary("PruneImages", PruneFilters.add(
                new MessageWriter().flag(PruneImagesRequest.ALL_FIELD_NUMBER,
                        arguments.isOn("all")),
                PruneImagesRequest.FILTERS_FIELD_NUMBER, arguments));
        List<String> lines = new ArrayList<>();
        long reclaimedBytes = 0;
        while (response.next()) {
            switch (response.field()) {
                case PruneImagesResponse.UNTAGGED_FIELD_NUMBER ->
                        lines.add("untagged: " + response.string());
                case PruneImagesResponse.DELETED_FIELD_NUMBER ->
                        lines.add("deleted: " + response.string());
                case PruneImagesResponse.RECLAIMED_BYTES_FIELD_NUMBER ->
                        reclaimedBytes = response.number();
                default -> { }
            }
        }
        ContainerPruneCommand.print("Deleted Images:", lines, console);
        return reclaimedBytes;
    }
}
