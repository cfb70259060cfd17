package cli.command;

import api.cluster.ListQueueRequest;
import api.cluster.ListQueueResponse;
import cli.render.Ages;
import cli.transport.CallException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Lists tasks that wait for a node, in the order in which they are served. */
final class ProjectQueueCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("project queue",
                "List the tasks that wait for a node, those first that are served first")
                .positionals("[PROJECT]", 0, 1));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String project = arguments.positionals().isEmpty() ? "" : arguments.positional(0);
        ListQueueResponse response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListQueue", ListQueueRequest.newBuilder().setProject(project).build(),
                    ListQueueResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean sited = false;
        for (ListQueueResponse.Place each : response.getPlacesList()) {
            rows.add(row(each, System.currentTimeMillis()));
            sited |= !each.getSite().isEmpty();
        }
        new Listing("ID",
                new Listing.Column("POSITION", "Position", false),
                new Listing.Column("PROJECT", "Project", false),
                new Listing.Column("SERVICE", "Service", false),
                new Listing.Column("VERSION", "Version", true),
                new Listing.Column("SITE", "Site", !sited),
                new Listing.Column("WAITING", "Waiting", false),
                new Listing.Column("SINCE", "Since", false),
                new Listing.Column("PRIORITY", "Priority", false),
                new Listing.Column("SHARE", "Share", false),
                new Listing.Column("WEIGHT", "Weight", true),
                new Listing.Column("REASON", "Reason", false)).print(rows, arguments, console);
        return 0;
    }

    static Map<String, Object> row(ListQueueResponse.Place place, long nowMillis) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Position", (long) place.getPosition());
        row.put("Project", place.getProject());
        row.put("Service", place.getService());
        row.put("ID", place.getServiceId());
        row.put("Version", place.getSpecVersion());
        row.put("Site", place.getSite());
        row.put("Waiting", (long) place.getWaiting());
        row.put("Since", Ages.ago(TimeUnit.MILLISECONDS.toNanos(place.getSinceMillis()),
                TimeUnit.MILLISECONDS.toNanos(nowMillis)));
        row.put("WaitingSince", Instant.ofEpochMilli(place.getSinceMillis()).toString());
        row.put("Priority", (long) place.getPriority());
        row.put("Share", Math.round(place.getShare() * 100) + "%");
        row.put("Weight", (long) place.getWeight());
        row.put("Reason", place.getReason());
        return row;
    }
}
