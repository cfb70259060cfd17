package cli.command;

import api.node.HistoryEntry;
import api.node.HistoryImageRequest;
import api.node.HistoryImageResponse;
import cli.render.Ages;
import cli.render.Sizes;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows how an image came to be. */
final class HistoryCommand implements Command {
    private static final int CREATED_BY_CHARACTERS = 45;

    private final String name;

    HistoryCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax(name, "Show the history of an image")
                .positionals("IMAGE", 1, 1)
                .flag('H', "human", "Sizes and times for people (default); --human=false for programs"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        HistoryImageResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("HistoryImage", HistoryImageRequest.newBuilder()
                    .setImage(arguments.positional(0)).build(), HistoryImageResponse.parser());
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        boolean shorten = !arguments.isOn("no-trunc");
        boolean human = arguments.value("human", "true").equals("true");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (HistoryEntry entry : response.getEntriesList()) {
            rows.add(row(entry, now, shorten, human));
        }
        new Listing("ID",
                new Listing.Column("IMAGE", "ID", false),
                human ? new Listing.Column("CREATED", "CreatedSince", false)
                        : new Listing.Column("CREATED AT", "CreatedAt", false),
                new Listing.Column("CREATED BY", "CreatedBy", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("COMMENT", "Comment", false)).print(rows, arguments, console);
        return 0;
    }

    private static Map<String, Object> row(HistoryEntry entry, long nowNanos, boolean shorten,
            boolean human) {
        String createdBy = entry.getCreatedBy().replace('\t', ' ').replace('\n', ' ');
        if (shorten && createdBy.length() > CREATED_BY_CHARACTERS) {
            createdBy = createdBy.substring(0, CREATED_BY_CHARACTERS - 1) + "…";
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", entry.getId().isEmpty() ? "<missing>"
                : shorten ? ImageListCommand.shortId(entry.getId()) : entry.getId());
        row.put("CreatedSince", entry.getCreatedUnixNanos() == 0 ? "N/A"
                : Ages.ago(entry.getCreatedUnixNanos(), nowNanos));
        row.put("CreatedAt", entry.getCreatedUnixNanos() == 0 ? "N/A"
                : Times.second(entry.getCreatedUnixNanos()));
        row.put("CreatedBy", createdBy);
        row.put("Size", human ? Sizes.decimal(entry.getSizeBytes())
                : Long.toString(entry.getSizeBytes()));
        row.put("Comment", entry.getComment());
        row.put("Tags", String.join(",", entry.getTagsList()));
        return row;
    }
}
