package cli.command;

import cli.render.Sizes;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists what the tasks of each node have reserved of what it has. */
final class NodeTopCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("node top", "Show what is reserved of each node")
                .value('f', "filter", "filter", "Filter by condition: role=worker, node.label=zone=a, …"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListedNode node : NodeListCommand.nodes(arguments, console)) {
            rows.add(row(node));
        }
        new Listing("ID",
                new Listing.Column("NODE", "Node", false),
                new Listing.Column("STATUS", "Status", false),
                new Listing.Column("TASKS", "Tasks", false),
                new Listing.Column("CPU", "CPU", false),
                new Listing.Column("CPU %", "CPUPercent", false),
                new Listing.Column("MEMORY", "Memory", false),
                new Listing.Column("MEMORY %", "MemoryPercent", false),
                new Listing.Column("PIDS", "PIDs", true),
                new Listing.Column("OTHER", "Other", false)).print(rows, arguments, console);
        return 0;
    }

    static Map<String, Object> row(ListedNode node) {
        ListedNode.Amounts used = node.reserved;
        ListedNode.Amounts all = node.capacity;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", node.id);
        row.put("Node", node.hostname);
        row.put("Status", node.status()
                + (node.availability == 0 ? "" : " (" + node.availability() + ")"));
        row.put("Tasks", node.tasks);
        row.put("CPU", processors(used.cpuMillis) + "/" + processors(all.cpuMillis));
        row.put("CPUPercent", percent(used.cpuMillis, all.cpuMillis));
        row.put("Memory", Sizes.binary(used.memoryBytes) + "/" + Sizes.binary(all.memoryBytes));
        row.put("MemoryPercent", percent(used.memoryBytes, all.memoryBytes));
        row.put("PIDs", used.pids + "/" + all.pids);
        StringBuilder other = new StringBuilder();
        for (Map.Entry<String, Long> amount : all.named.entrySet()) {
            other.append(other.isEmpty() ? "" : ", ").append(amount.getKey()).append(' ')
                    .append(used.named.getOrDefault(amount.getKey(), 0L)).append('/').append(amount.getValue());
        }
        row.put("Other", other.toString());
        return row;
    }

    /** Thousandths of a processor as "1.5". */
    static String processors(long millis) {
        return java.math.BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "" : Math.round(100.0 * part / whole) + "%";
    }
}
