package cli.command;

import api.node.ListVolumesRequest;
import api.node.ListVolumesResponse;
import api.node.Volume;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists volumes. */
final class VolumeListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("volume ls", "List volumes")
                .value('f', "filter", "filter", "Filter by condition: name=…, dangling=true, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListVolumesResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListVolumes", ListVolumesRequest.newBuilder()
                    .addAllFilters(Filters.of(arguments)).build(), ListVolumesResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Volume volume : response.getVolumesList()) {
            rows.add(row(volume));
        }
        new Listing("Name",
                new Listing.Column("DRIVER", "Driver", false),
                new Listing.Column("VOLUME NAME", "Name", false),
                new Listing.Column("CONTAINERS", "Containers", true),
                new Listing.Column("MOUNTPOINT", "Mountpoint", true))
                .print(rows, arguments, console);
        return 0;
    }

    static Map<String, Object> row(Volume volume) {
        List<String> labels = new ArrayList<>();
        new TreeMap<>(volume.getLabelsMap()).forEach((key, value) -> labels.add(key + "=" + value));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Driver", "local");
        row.put("Name", volume.getName());
        row.put("Labels", String.join(",", labels));
        Listing.labels(row, volume.getLabelsMap());
        row.put("Mountpoint", volume.getMountpoint());
        row.put("Scope", "local");
        row.put("Containers", String.join(",", volume.getContainersList()));
        return row;
    }
}
