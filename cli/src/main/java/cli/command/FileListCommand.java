package cli.command;

import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import cli.render.Ages;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists secrets or configs. */
final class FileListCommand implements Command {
    private final FileKind kind;

    FileListCommand(FileKind kind) {
        this.kind = kind;
    }

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax(kind.noun + " ls", "List " + kind.noun + "s")
                .value('f', "filter", "filter", "Filter by condition: name=web, label=tier, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        for (String filter : arguments.values("filter")) {
            String key = KeyValue.split("filter", filter)[0];
            if (!key.equals("name") && !key.equals("label")) {
                throw new UsageException("unknown filter '" + key + "'; there are name, label");
            }
        }
        ListFilesResponse response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListFiles", ListFilesRequest.newBuilder()
                    .setSecret(kind == FileKind.SECRET).build(), ListFilesResponse.parser());
        }
        long nowNanos = System.currentTimeMillis() * 1_000_000;
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListFilesResponse.File file : response.getFilesList()) {
            if (passes(file, arguments.values("filter"))) {
                rows.add(row(file, nowNanos));
            }
        }
        new Listing("Name",
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("SIZE", "Size", false),
                new Listing.Column("CREATED", "CreatedAt", false),
                new Listing.Column("LABELS", "Labels", true)).print(rows, arguments, console);
        return 0;
    }

    /** One of the names, if any was said, and all of the labels. */
    static boolean passes(ListFilesResponse.File file, List<String> filters) {
        boolean named = false;
        boolean anyName = false;
        for (String filter : filters) {
            String value = filter.substring(filter.indexOf('=') + 1);
            if (filter.startsWith("name=")) {
                anyName = true;
                named |= file.getName().contains(value);
                continue;
            }
            int equals = value.indexOf('=');
            String held = file.getLabelsMap().get(equals < 0 ? value : value.substring(0, equals));
            if (held == null || equals >= 0 && !held.equals(value.substring(equals + 1))) {
                return false;
            }
        }
        return named || !anyName;
    }

    static Map<String, Object> row(ListFilesResponse.File file, long nowNanos) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Name", file.getName());
        row.put("Size", Sizes.decimal(file.getSizeBytes()));
        row.put("CreatedAt", Ages.ago(file.getCreatedMillis() * 1_000_000, nowNanos));
        StringBuilder labels = new StringBuilder();
        new TreeMap<>(file.getLabelsMap()).forEach((key, value) ->
                labels.append(labels.isEmpty() ? "" : ",").append(key).append('=').append(value));
        row.put("Labels", labels.toString());
        Listing.labels(row, file.getLabelsMap());
        return row;
    }
}
