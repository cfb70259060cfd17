package cli.command;

import api.cluster.ListProjectsRequest;
import api.cluster.ListProjectsResponse;
import api.cluster.Resources;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists projects, what they may have and what they have. */
final class ProjectListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("project ls", "List projects"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListProjectsResponse response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListProjects", ListProjectsRequest.getDefaultInstance(),
                    ListProjectsResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListProjectsResponse.View view : response.getProjectsList()) {
            rows.add(row(view));
        }
        new Listing("Name",
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("WEIGHT", "Weight", false),
                new Listing.Column("CPUS", "CPUs", false),
                new Listing.Column("MEMORY", "Memory", false),
                new Listing.Column("PIDS", "PIDs", true),
                new Listing.Column("SHARE", "Share", false),
                new Listing.Column("WAITING", "Waiting", false)).print(rows, arguments, console);
        return 0;
    }

    static Map<String, Object> row(ListProjectsResponse.View view) {
        Resources used = view.getUsed();
        Resources quota = view.getProject().getQuota();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Name", view.getProject().getName());
        row.put("Weight", view.getProject().getWeight());
        row.put("CPUs", NodeTopCommand.processors(used.getCpuMillis())
                + (quota.getCpuMillis() == 0 ? "" : "/" + NodeTopCommand.processors(quota.getCpuMillis())));
        row.put("Memory", Sizes.binary(used.getMemoryBytes())
                + (quota.getMemoryBytes() == 0 ? "" : "/" + Sizes.binary(quota.getMemoryBytes())));
        row.put("PIDs", used.getPids() + (quota.getPids() == 0 ? "" : "/" + quota.getPids()));
        row.put("Share", Math.round(view.getShare() * 100) + "%");
        row.put("Waiting", (long) view.getWaiting());
        return row;
    }
}
