package cli.command;

import api.node.ListResourcesRequest;
import api.node.ListResourcesResponse;
import api.node.Resource;
import api.node.ResourceDevice;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the kinds of devices that plug-ins offer. */
final class ResourceListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("resource ls",
                "List the kinds of devices that plug-ins offer, for --resource"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListResourcesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListResources", ListResourcesRequest.getDefaultInstance(),
                    ListResourcesResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Resource resource : response.getResourcesList()) {
            rows.add(row(resource));
        }
        new Listing("Name",
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("TOTAL", "Total", false),
                new Listing.Column("HEALTHY", "Healthy", false),
                new Listing.Column("TAKEN", "Taken", false),
                new Listing.Column("PLUGIN", "Plugin", false))
                .print(rows, arguments, console);
        return 0;
    }

    private static Map<String, Object> row(Resource resource) {
        long healthy = 0;
        long taken = 0;
        List<Object> devices = new ArrayList<>();
        for (ResourceDevice device : resource.getDevicesList()) {
            healthy += device.getHealthy() ? 1 : 0;
            taken += device.getOwner().isEmpty() ? 0 : 1;
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("ID", device.getId());
            facts.put("Healthy", device.getHealthy());
            facts.put("NumaNodes", new ArrayList<Object>(device.getNumaNodesList()));
            facts.put("Owner", device.getOwner());
            devices.add(facts);
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Name", resource.getName());
        row.put("Total", (long) resource.getDevicesCount());
        row.put("Healthy", healthy);
        row.put("Taken", taken);
        row.put("Plugin", resource.getSocket()
                + (resource.getTrouble().isEmpty() ? "" : ": " + resource.getTrouble()));
        row.put("Socket", resource.getSocket());
        row.put("Trouble", resource.getTrouble());
        row.put("Devices", devices);
        return row;
    }
}
