package cli.command;

import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.ListTasksRequest;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the tasks of services, or of nodes. */
final class TaskListCommand implements Command {
    private static final int ID_DIGITS = 12;

    private final String name;
    private final boolean ofNodes;
    private final boolean ofStack;

    TaskListCommand(String name) {
        this.name = name;
        this.ofNodes = name.equals("node ps");
        this.ofStack = name.equals("stack ps");
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = ofNodes
                ? new Syntax(name, "List the tasks of one or more nodes (default: the one that answers)")
                        .positionals("[NODE...]", 0, Syntax.ANY)
                : ofStack ? new Syntax(name, "List the tasks of a stack").positionals("STACK", 1, 1)
                : new Syntax(name, "List the tasks of one or more services")
                        .positionals("SERVICE [SERVICE...]", 1, Syntax.ANY);
        return Listing.addTo(syntax)
                .value('f', "filter", "filter", "Filter by condition: desired-state=running, node=a, …");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        List<ListedTask> tasks = new ArrayList<>();
        MessageWriter request = request(arguments);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            if (ofNodes) {
                for (String node : arguments.positionals().isEmpty() ? List.of("self")
                        : arguments.positionals()) {
                    tasks.addAll(ListedTask.all(client.unary("ListTasks",
                            request(arguments).string(ListTasksRequest.NODE_FIELD_NUMBER, node))));
                }
            } else {
                List<String> services = ofStack ? servicesOf(arguments.positional(0), client)
                        : arguments.positionals();
                if (services.isEmpty()) {
                    console.say("jctl: nothing found in stack: " + arguments.positional(0));
                    return 1;
                }
                tasks.addAll(ListedTask.all(client.unary("ListTasks", request
                        .strings(ListTasksRequest.SERVICES_FIELD_NUMBER, services))));
            }
        }
        boolean sited = tasks.stream().anyMatch(each -> !each.site.isEmpty());
        List<Map<String, Object>> rows = rows(tasks, System.currentTimeMillis(),
                !arguments.isOn("no-trunc"), Listing.isTable(arguments));
        new Listing("ID",
                new Listing.Column("ID", "ID", false),
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("IMAGE", "Image", false),
                new Listing.Column("NODE", "Node", false),
                new Listing.Column("SITE", "Site", !sited),
                new Listing.Column("DESIRED STATE", "DesiredState", false),
                new Listing.Column("CURRENT STATE", "CurrentState", false),
                new Listing.Column("ERROR", "Error", false),
                new Listing.Column("PORTS", "Ports", false),
                new Listing.Column("CONTAINER", "Container", true)).print(rows, arguments, console);
        return 0;
    }

    private static List<String> servicesOf(String stack, NodeClient client) throws CallException, IOException {
        MessageReader response = client.unary("ListServices", new MessageWriter().string(
                ListServicesRequest.FILTERS_FIELD_NUMBER, ServiceListCommand.STACK_FILTER + stack));
        List<String> ids = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListServicesResponse.SERVICES_FIELD_NUMBER) {
                ids.add(ListedService.read(response.message()).id);
            }
        }
        return ids;
    }

    private static MessageWriter request(Arguments arguments) throws UsageException {
        MessageWriter request = new MessageWriter();
        ClusterFilters.write(request, ListTasksRequest.FILTERS_FIELD_NUMBER, arguments,
                "name", "id", "desired-state", "node", "label", "site");
        return request;
    }

    /**
     * Rows by name, the last task of each place first.
     *
     * @param indented whether those before it have a mark before their names
     */
    static List<Map<String, Object>> rows(List<ListedTask> tasks, long nowMillis, boolean shorten,
            boolean indented) {
        List<ListedTask> sorted = new ArrayList<>(tasks);
        Collections.sort(sorted, new ByPlace());
        List<Map<String, Object>> rows = new ArrayList<>();
        String before = "";
        for (ListedTask task : sorted) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("ID", shorten ? ListCommand.start(task.id, ID_DIGITS) : task.id);
            row.put("Name", indented && task.name.equals(before) ? " \\_ " + task.name : task.name);
            row.put("Image", task.image);
            row.put("Node", task.node);
            row.put("Site", task.site);
            row.put("DesiredState", task.desiredState());
            row.put("CurrentState", task.currentState(nowMillis));
            row.put("Error", task.quotedError(shorten));
            row.put("Ports", String.join(",", task.ports));
            row.put("Service", task.service);
            row.put("Container", shorten ? ListCommand.start(task.containerId, ID_DIGITS) : task.containerId);
            rows.add(row);
            before = task.name;
        }
        return rows;
    }

    /** A class and not a method's name: that one's first use costs milliseconds at start-up. */
    private static final class ByPlace implements Comparator<ListedTask> {
        @Override
        public int compare(ListedTask one, ListedTask other) {
            int order = one.service.compareTo(other.service);
            // Of one that has slots in several sites the name says which.
            order = order != 0 ? order : place(one).compareTo(place(other));
            order = order != 0 ? order : Long.compare(one.slot, other.slot);
            order = order != 0 ? order : one.name.compareTo(other.name);
            return order != 0 ? order : Long.compare(other.createdMillis, one.createdMillis);
        }

        private static String place(ListedTask task) {
            String end = "." + task.slot;
            return task.slot > 0 && task.name.endsWith(end)
                    ? task.name.substring(0, task.name.length() - end.length()) : "";
        }
    }
}
