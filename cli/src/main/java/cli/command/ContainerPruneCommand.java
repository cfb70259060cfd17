package cli.command;

import api.node.PruneContainersRequest;
import api.node.PruneContainersResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Removes the containers that do not run. */
final class ContainerPruneCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("container prune", "Remove all stopped containers")
                .flag('f', "force", "Do not ask")
                .value("filter", "filter", "Only these: until=24h, label=…, label!=…");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        if (!Confirmation.given("WARNING! This will remove all stopped containers.", arguments,
                console)) {
            return 1;
        }
        Outcome outcome;
        try (NodeClient client = NodeClient.connect(console)) {
            outcome = prune(client, arguments, console);
        }
        console.println("Total reclaimed space: " + Sizes.decimal(outcome.reclaimedBytes()));
        return outcome.failed() ? 1 : 0;
    }

    /** What came of it. */
    record Outcome(long reclaimedBytes, boolean failed) {}

    /** Removes them and prints their ids. */
    static Outcome prune(NodeClient client, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageReader response = client.unary("PruneContainers", PruneFilters.add(
                new MessageWriter(), PruneContainersRequest.FILTERS_FIELD_NUMBER, arguments));
        List<String> removed = new ArrayList<>();
        long reclaimedBytes = 0;
        boolean failed = false;
        while (response.next()) {
            switch (response.field()) {
                case PruneContainersResponse.REMOVED_FIELD_NUMBER ->
                        removed.add(response.string());
                case PruneContainersResponse.RECLAIMED_BYTES_FIELD_NUMBER ->
                        reclaimedBytes = response.number();
                case PruneContainersResponse.FAILURES_FIELD_NUMBER -> {
                    console.say("jctl: " + response.string());
                    failed = true;
                }
                default -> { }
            }
        }
        print("Deleted Containers:", removed, console);
        return new Outcome(reclaimedBytes, failed);
    }

    /** A heading, lines and an empty one; nothing if there are no lines. */
    static void print(String heading, List<String> lines, Console console) throws IOException {
        if (!lines.isEmpty()) {
            console.print(heading + "\n" + String.join("\n", lines) + "\n\n");
        }
    }
}
