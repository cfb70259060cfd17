package cli.command;

import api.cluster.ClusterUsageRequest;
import api.cluster.ClusterUsageResponse;
import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows what nodes and tasks use, again and again on a terminal: nodes by name, tasks by how busy they are. */
final class ClusterTop {
    private static final int MOST_TASKS = 20;
    private static final int PERIOD_MILLIS = 1_500;
    /** Cursor to the top left, and after the text: clear the rest of the line, and of the screen. */
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR_ALL = "\u001b[2J";

    private ClusterTop() {}

    static Syntax addTo(Syntax syntax) {
        return syntax.flag('a', "all", "Show all tasks (default: the " + MOST_TASKS + " busiest)")
                .flag("no-stream", "Show one reading and end")
                .value("format", "string", "\"table\", \"json\" (an object for each node and task),"
                        + " or a template like {{.Kind}} {{.Name}} {{.CPUPerc}}")
                .value('o', "output", "string", "\"json\", \"yaml\", \"wide\" or \"table\"");
    }

    static int run(Arguments arguments, Console console) throws UsageException, CallException, IOException {
        String format = arguments.value("format", "table");
        boolean redrawn = !arguments.isOn("no-stream") && console.isOutTerminal() && format.equals("table")
                && !arguments.has("output");
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            String first = redrawn ? CLEAR_ALL : "";
            do {
                String text = text(client.unary("ClusterUsage", ClusterUsageRequest.getDefaultInstance(),
                        ClusterUsageResponse.parser()), arguments);
                console.draw(redrawn ? first + HOME + text.replace("\n", CLEAR_LINE_END + "\n") + CLEAR_BELOW : text);
                first = "";
            } while (redrawn && pause());
        }
        return 0;
    }

    private static boolean pause() {
        try {
            Thread.sleep(PERIOD_MILLIS);
            return true;
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String text(ClusterUsageResponse usage, Arguments arguments) throws UsageException {
        List<ClusterUsageResponse.Task> busiest = new ArrayList<>(usage.getTasksList());
        busiest.sort((a, b) -> a.getCpuMillis() != b.getCpuMillis() ? Long.compare(b.getCpuMillis(), a.getCpuMillis())
                : a.getMemoryBytes() != b.getMemoryBytes() ? Long.compare(b.getMemoryBytes(), a.getMemoryBytes())
                : a.getName().compareTo(b.getName()));
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (ClusterUsageResponse.Node node : usage.getNodesList()) {
            nodes.add(row(node));
        }
        List<Map<String, Object>> tasks = new ArrayList<>();
        for (ClusterUsageResponse.Task task : busiest) {
            if (tasks.size() < MOST_TASKS || arguments.isOn("all")) {
                tasks.add(row(task));
            }
        }
        if (!arguments.value("format", "table").equals("table") || arguments.has("output")) {
            List<Map<String, Object>> all = new ArrayList<>(nodes);
            all.addAll(tasks);
            return listing("NAME").text(all, arguments);
        }
        Arguments plain = new Arguments();
        StringBuilder text = new StringBuilder(listing("NODE").text(nodes, plain));
        if (!tasks.isEmpty()) {
            text.append('\n').append(listing("TASK").text(tasks, plain));
        }
        if (tasks.size() < busiest.size()) {
            text.append("… and ").append(busiest.size() - tasks.size()).append(" more: --all shows them\n");
        }
        if (usage.getScaledCount() > 0) {
            text.append('\n').append(scaled(usage));
        }
        return text.toString();
    }

    private static Listing listing(String heading) {
        boolean ofNodes = heading.equals("NODE");
        return new Listing("Name",
                new Listing.Column(heading, "Name", false),
                new Listing.Column(ofNodes ? "TASKS" : "ON", ofNodes ? "Tasks" : "Node", false),
                new Listing.Column("CPU", "CPU", false),
                new Listing.Column("CPU %", "CPUPerc", false),
                new Listing.Column("MEMORY", "Memory", false),
                new Listing.Column("MEMORY %", "MemPerc", !ofNodes));
    }

    private static String scaled(ClusterUsageResponse usage) throws UsageException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ClusterUsageResponse.Scaled each : usage.getScaledList()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", each.getName());
            row.put("Tasks", each.getCurrent() + " of " + each.getMinimum() + " to " + each.getMaximum());
            row.put("Wanted", each.getWanted());
            row.put("Why", each.getWhy());
            rows.add(row);
        }
        return new Listing("Name",
                new Listing.Column("SCALED", "Name", false),
                new Listing.Column("TASKS", "Tasks", false),
                new Listing.Column("WANTED", "Wanted", false),
                new Listing.Column("WHY", "Why", false)).text(rows, new Arguments());
    }

    private static Map<String, Object> row(ClusterUsageResponse.Node node) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Kind", "node");
        row.put("ID", node.getId());
        row.put("Name", node.getName());
        row.put("Node", node.getName());
        row.put("Service", "");
        row.put("Tasks", node.getTasks());
        boolean cpu = node.getHeard() && node.hasCpuMillis();
        row.put("CPU", cpu ? NodeTopCommand.processors(node.getCpuMillis()) + " / "
                + NodeTopCommand.processors(node.getCpuCapacityMillis()) : node.getReady() ? "--" : "down");
        row.put("CPUPerc", cpu ? percent(node.getCpuMillis(), node.getCpuCapacityMillis()) : "--");
        row.put("Memory", node.getHeard() ? Sizes.binary(node.getMemoryBytes()) + " / "
                + Sizes.binary(node.getMemoryCapacityBytes()) : "--");
        row.put("MemPerc", node.getHeard() ? percent(node.getMemoryBytes(), node.getMemoryCapacityBytes()) : "--");
        return row;
    }

    private static Map<String, Object> row(ClusterUsageResponse.Task task) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("Kind", "task");
        row.put("ID", task.getId());
        row.put("Name", task.getName());
        row.put("Node", task.getNodeName());
        row.put("Service", task.getServiceName());
        row.put("Tasks", "");
        row.put("CPU", task.hasCpuMillis() ? NodeTopCommand.processors(task.getCpuMillis()) : "--");
        row.put("CPUPerc", task.hasCpuMillis() ? percent(task.getCpuMillis(), 1_000) : "--");
        row.put("Memory", task.hasMemoryBytes() ? Sizes.binary(task.getMemoryBytes()) : "--");
        row.put("MemPerc", "--");
        return row;
    }

    /** As docker stats has it: of one processor, for a task. */
    private static String percent(long part, long whole) {
        return whole <= 0 ? "--" : String.format(Locale.ROOT, "%.1f%%", 100.0 * part / whole);
    }
}
