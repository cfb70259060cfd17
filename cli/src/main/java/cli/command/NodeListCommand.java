package cli.command;

import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists nodes. */
final class NodeListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("node ls", "List nodes")
                .value('f', "filter", "filter", "Filter by condition: role=manager, node.label=zone=a, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean marked = Listing.isTable(arguments) && !arguments.isOn("quiet");
        for (ListedNode node : nodes(arguments, console)) {
            rows.add(row(node, marked));
        }
        new Listing("ID",
                new Listing.Column("ID", "ID", false),
                new Listing.Column("HOSTNAME", "Hostname", false),
                new Listing.Column("STATUS", "Status", false),
                new Listing.Column("AVAILABILITY", "Availability", false),
                new Listing.Column("MANAGER STATUS", "ManagerStatus", false),
                new Listing.Column("ENGINE VERSION", "EngineVersion", false),
                new Listing.Column("ROLE", "Role", true),
                new Listing.Column("ADDRESS", "Address", true),
                new Listing.Column("SITE", "Site", true),
                new Listing.Column("TASKS", "Tasks", true),
                new Listing.Column("LABELS", "Labels", true)).print(rows, arguments, console);
        return 0;
    }

    /** Those the filters leave. */
    static List<ListedNode> nodes(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter();
        ClusterFilters.write(request, ListNodesRequest.FILTERS_FIELD_NUMBER, arguments,
                "name", "id", "role", "node.label");
        MessageReader response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListNodes", request);
        }
        List<ListedNode> nodes = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListNodesResponse.NODES_FIELD_NUMBER) {
                nodes.add(ListedNode.read(response.message()));
            }
        }
        return nodes;
    }

    /** With a star after the id of the node that answered, if it is {@code marked}. */
    static Map<String, Object> row(ListedNode node, boolean marked) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", marked && node.self ? node.id + " *" : node.id);
        row.put("Self", node.self);
        row.put("Hostname", node.hostname);
        row.put("Status", node.status());
        row.put("Availability", node.availability());
        row.put("ManagerStatus", node.managerStatus());
        row.put("EngineVersion", node.engineVersion);
        row.put("Role", ListedNode.role(node.role));
        row.put("Address", node.address);
        row.put("Site", node.site);
        row.put("Tasks", node.tasks);
        row.put("StatusMessage", node.statusMessage);
        row.put("Labels", String.join(",", node.labels));
        Map<String, String> labels = new LinkedHashMap<>();
        for (String label : node.labels) {
            int equals = label.indexOf('=');
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        Listing.labels(row, labels);
        return row;
    }
}
