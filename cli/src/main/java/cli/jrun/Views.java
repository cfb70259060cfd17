package cli.jrun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import runtime.cgroup.CgroupStatistics;
import runtime.oci.OciRuntime;

/** What the commands print, in the form other runtimes have given it. */
final class Views {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Views() {}

    /** Indented, with a line feed at the end. */
    static String pretty(JsonNode node) {
        try {
            DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
            return JsonMapper.builder().build().writer(new DefaultPrettyPrinter()
                    .withObjectIndenter(indenter).withArrayIndenter(indenter))
                    .writeValueAsString(node) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of plain values cannot fail to print",
                    impossible);
        }
    }

    /** What {@code state} prints: the specification's fields, and those runc adds. */
    static ObjectNode state(OciRuntime.Seen seen) {
        ObjectNode node = seen.record().state(seen.status());
        node.put("rootfs", seen.record().root());
        node.put("created", seen.record().createdAt());
        node.put("owner", owner(seen));
        return node;
    }

    private static String owner(OciRuntime.Seen seen) {
        return seen.record().owner() == 0 ? "root" : "#" + seen.record().owner();
    }

    static String list(List<OciRuntime.Seen> all) {
        StringBuilder text = new StringBuilder(row("ID", "PID", "STATUS", "BUNDLE", "CREATED",
                "OWNER"));
        for (OciRuntime.Seen seen : all) {
            ObjectNode node = state(seen);
            text.append(row(node.path("id").asText(), node.path("pid").asText(),
                    node.path("status").asText(), node.path("bundle").asText(),
                    node.path("created").asText(), owner(seen)));
        }
        return text.toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-12s %-10s %-10s %-20s %-30s %s%n", (Object[]) cells);
    }

    static String listJson(List<OciRuntime.Seen> all) {
        ArrayNode nodes = JSON.arrayNode();
        all.forEach(seen -> nodes.add(state(seen)));
        return nodes + "\n";
    }

    /** One line of {@code events}. */
    static String statistics(String id, CgroupStatistics used) {
        ObjectNode event = JSON.objectNode().put("type", "stats").put("id", id);
        ObjectNode data = event.putObject("data");
        ObjectNode cpu = data.putObject("cpu");
        cpu.putObject("usage").put("total", used.cpuUsageNanos())
                .put("kernel", used.cpuSystemNanos()).put("user", used.cpuUserNanos());
        cpu.putObject("throttling").put("periods", used.cpuPeriods())
                .put("throttledPeriods", used.cpuThrottledPeriods())
                .put("throttledTime", used.cpuThrottledNanos());
        ObjectNode memory = data.putObject("memory");
        ObjectNode usage = memory.putObject("usage").put("usage", used.memoryUsageBytes())
                .put("max", used.memoryPeakBytes());
        used.memoryLimitBytes().ifPresent(limit -> usage.put("limit", limit));
        memory.put("cache", used.memoryInactiveBytes());
        ObjectNode pids = data.putObject("pids").put("current", used.tasks());
        used.tasksLimit().ifPresent(limit -> pids.put("limit", limit));
        ArrayNode bytes = data.putObject("blkio").putArray("ioServiceBytesRecursive");
        used.disks().forEach((disk, moved) -> {
            bytes.add(transfer(disk, "Read", moved.readBytes()));
            bytes.add(transfer(disk, "Write", moved.writtenBytes()));
        });
        return event + "\n";
    }

    private static ObjectNode transfer(String disk, String direction, long value) {
        int colon = disk.indexOf(':');
        return JSON.objectNode().put("major", Long.parseLong(disk.substring(0, colon)))
                .put("minor", Long.parseLong(disk.substring(colon + 1))).put("op", direction)
                .put("value", value);
    }
}
