package cli.command;

import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.List;

/** Removes what nobody uses: containers, then networks, volumes and images, since each may free the next. */
final class SystemPruneCommand implements Command {

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
                NetworkPruneCommand.prune(client, arguments, console);
            } catch (CallException e) {
                if (e.code() != CallException.UNIMPLEMENTED) {
                    throw e;
                }
                console.say("jctl: networks are left alone: this daemon makes none of its own");
            }
            if (volumes) {
                reclaimedBytes += VolumePruneCommand.prune(client, false, arguments, console);
            }
            reclaimedBytes += ImagePruneCommand.prune(client, arguments, console);
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
}
