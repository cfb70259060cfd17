package cli.command;

import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.Mode;
import cli.render.Times;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists services. */
final class ServiceListCommand implements Command {
    private static final int ID_DIGITS = 12;
    /** As ComposedService.STACK_LABEL, which need not be loaded for this. */
    static final String STACK_FILTER = "label=com.docker.stack.namespace=";

    private final boolean ofStack;

    ServiceListCommand(String name) {
        this.ofStack = name.equals("stack services");
    }

    @Override
    public Syntax syntax() {
        return Listing.addTo((ofStack ? new Syntax("stack services", "List the services of a stack")
                .positionals("STACK", 1, 1) : new Syntax("service ls", "List services"))
                .value('f', "filter", "filter", "Filter by condition: name=web, mode=job, project=a, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        MessageWriter request = new MessageWriter();
        ClusterFilters.write(request, ListServicesRequest.FILTERS_FIELD_NUMBER, arguments,
                "name", "id", "label", "mode", "project");
        if (ofStack) {
            request.string(ListServicesRequest.FILTERS_FIELD_NUMBER, STACK_FILTER + arguments.positional(0));
        }
        MessageReader response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListServices", request);
        }
        boolean shorten = !arguments.isOn("no-trunc");
        boolean all = arguments.has("format") || arguments.has("output");
        List<Map<String, Object>> rows = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListServicesResponse.SERVICES_FIELD_NUMBER) {
                rows.add(row(ListedService.read(response.message()), shorten, all));
            }
        }
        if (ofStack && rows.isEmpty()) {
            console.say("Nothing found in stack: " + arguments.positional(0));
            return 0;
        }
        new Listing("ID",
                new Listing.Column("ID", "ID", false),
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("MODE", "Mode", false),
                new Listing.Column("REPLICAS", "Replicas", false),
                new Listing.Column("IMAGE", "Image", false),
                new Listing.Column("PORTS", "Ports", false),
                new Listing.Column("PROJECT", "Project", true),
                new Listing.Column("UPDATE", "Update", true),
                new Listing.Column("AUTOSCALE", "Autoscale", true),
                new Listing.Column("WAITING FOR", "WaitingFor", true)).print(rows, arguments, console);
        return 0;
    }

    /** Without {@code all} only what the usual table has. */
    static Map<String, Object> row(ListedService service, boolean shorten, boolean all) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", shorten ? ListCommand.start(service.id, ID_DIGITS) : service.id);
        row.put("Name", service.name);
        row.put("Mode", mode(service.mode));
        row.put("Replicas", replicas(service));
        row.put("Image", service.image);
        row.put("Ports", String.join(", ", service.ports));
        if (all) {
            row.put("Project", service.project);
            row.put("Autoscale", service.autoscale);
            row.put("Schedule", service.schedule);
            row.put("Update", Convergence.phase(service.phase));
            row.put("WaitingFor", service.waitingFor);
            row.put("CreatedAt", Times.readable(service.createdMillis * 1_000_000));
            row.put("UpdatedAt", Times.readable(service.updatedMillis * 1_000_000));
            row.put("Labels", String.join(",", service.labels));
            Map<String, String> labels = new LinkedHashMap<>();
            for (String label : service.labels) {
                int equals = label.indexOf('=');
                labels.put(label.substring(0, equals), label.substring(equals + 1));
            }
            Listing.labels(row, labels);
        }
        return row;
    }

    /** The number of a field of Mode in docker's words. */
    static String mode(int field) {
        return switch (field) {
            case Mode.REPLICATED_FIELD_NUMBER -> "replicated";
            case Mode.GLOBAL_FIELD_NUMBER -> "global";
            case Mode.JOB_FIELD_NUMBER -> "replicated job";
            case Mode.GLOBAL_JOB_FIELD_NUMBER -> "global job";
            case Mode.CRON_FIELD_NUMBER -> "cron";
            case Mode.PER_SITE_FIELD_NUMBER -> "per site";
            default -> "unknown";
        };
    }

    private static String replicas(ListedService service) {
        boolean job = service.isJob();
        String text = service.running + "/" + service.wanted;
        if (job) {
            text = service.running + "/" + service.atOnce() + " (" + service.completed + "/" + service.wanted
                    + " completed)";
        }
        if (!service.autoscale.isEmpty()) {
            text += " (scaled " + service.autoscale.substring(0, service.autoscale.indexOf(',')) + ")";
        }
        return service.maxPerNode == 0 ? text : text + " (max " + service.maxPerNode + " per node)";
    }
}
