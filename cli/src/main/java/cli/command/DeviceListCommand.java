package cli.command;

import api.node.CdiDevice;
import api.node.Filter;
import api.node.ListDevicesRequest;
import api.node.ListDevicesResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the CDI devices of the host, and says what is wrong with their specs. */
final class DeviceListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("device ls",
                "List the devices that CDI specs describe, for --device and --gpus")
                .value('f', "filter", "filter", "Filter by condition: name=…, kind=vendor.com/gpu, spec=…"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListDevicesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListDevices", ListDevicesRequest.getDefaultInstance(),
                    ListDevicesResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Filter> filters = Filters.of(arguments, List.of("name", "kind", "spec"));
        for (CdiDevice device : response.getDevicesList()) {
            if (!Filters.accept(filters, filter -> holds(filter, device))) {
                continue;
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", device.getName());
            row.put("Spec", device.getFile());
            rows.add(row);
        }
        new Listing("Name",
                new Listing.Column("DEVICE", "Name", false),
                new Listing.Column("SPEC", "Spec", false))
                .print(rows, arguments, console);
        for (String problem : response.getProblemsList()) {
            console.say("jctl: " + problem);
        }
        return response.getProblemsCount() == 0 ? 0 : 1;
    }

    private static boolean holds(Filter filter, CdiDevice device) {
        return switch (filter.getKey()) {
            case "name" -> device.getName().contains(filter.getValue());
            case "kind" -> device.getName().startsWith(filter.getValue() + "=");
            default -> device.getFile().contains(filter.getValue());
        };
    }
}
