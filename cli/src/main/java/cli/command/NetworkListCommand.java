package cli.command;

import api.node.Filter;
import api.node.ListNetworksRequest;
import api.node.ListNetworksResponse;
import api.node.NetworkSummary;
import cli.render.Times;
import cli.transport.CallException;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists networks. */
final class NetworkListCommand implements Command {
    private static final int ID_DIGITS = 12;

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("network ls", "List networks")
                .value('f', "filter", "filter", "Filter by condition: name=web, label=tier, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter();
        for (String filter : arguments.values("filter")) {
            String[] pair = KeyValue.split("filter", filter);
            request.message(ListNetworksRequest.FILTERS_FIELD_NUMBER, new MessageWriter()
                    .string(Filter.KEY_FIELD_NUMBER, pair[0])
                    .string(Filter.VALUE_FIELD_NUMBER, pair[1]));
        }
        MessageReader response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListNetworks", request);
        }
        boolean shorten = !arguments.isOn("no-trunc");
        List<Map<String, Object>> rows = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListNetworksResponse.NETWORKS_FIELD_NUMBER) {
                rows.add(row(response.message(), shorten));
            }
        }
        new Listing("ID",
                new Listing.Column("NETWORK ID", "ID", false),
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("DRIVER", "Driver", false),
                new Listing.Column("SCOPE", "Scope", false),
                new Listing.Column("SUBNETS", "Subnets", true)).print(rows, arguments, console);
        return 0;
    }

    private static Map<String, Object> row(MessageReader network, boolean shorten)
            throws MalformedMessageException {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", "");
        row.put("Name", "");
        row.put("Driver", "");
        row.put("Scope", "local");
        row.put("IPv6", "false");
        row.put("Internal", "false");
        row.put("CreatedAt", "");
        List<String> labels = new ArrayList<>();
        List<String> subnets = new ArrayList<>();
        while (network.next()) {
            switch (network.field()) {
                case NetworkSummary.ID_FIELD_NUMBER -> row.put("ID", shorten
                        ? ListCommand.start(network.string(), ID_DIGITS) : network.string());
                case NetworkSummary.NAME_FIELD_NUMBER -> row.put("Name", network.string());
                case NetworkSummary.DRIVER_FIELD_NUMBER -> {
                    String driver = network.string();
                    row.put("Driver", driver);
                    row.put("Scope", driver.equals("overlay") ? "cluster" : "local");
                }
                case NetworkSummary.CREATED_UNIX_NANOS_FIELD_NUMBER ->
                        row.put("CreatedAt", Times.readable(network.number()));
                case NetworkSummary.INTERNAL_FIELD_NUMBER ->
                        row.put("Internal", Boolean.toString(network.flag()));
                case NetworkSummary.IPV6_FIELD_NUMBER ->
                        row.put("IPv6", Boolean.toString(network.flag()));
                case NetworkSummary.LABELS_FIELD_NUMBER ->
                        labels.add(ListedContainer.label(network.message()));
                case NetworkSummary.SUBNETS_FIELD_NUMBER -> subnets.add(network.string());
                default -> { }
            }
        }
        row.put("Labels", String.join(",", labels));
        Map<String, String> byName = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            byName.put(label.substring(0, equals), label.substring(equals + 1));
        }
        Listing.labels(row, byName);
        row.put("Subnets", String.join(",", subnets));
        return row;
    }
}
