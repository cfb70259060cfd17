package cli.command;

import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.node.OutputStream;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what a service's tasks wrote, each line with the task that wrote it. */
final class ServiceLogsCommand implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax("service logs", "Fetch the logs of a service or a task")
                .positionals("SERVICE|TASK", 1, 1)
                .flag('f', "follow", "Follow what is written from now on")
                .value('n', "tail", "string", "Lines to show from the end of each task's (default \"all\")")
                .value("since", "string", "Show logs since a time or a span before now (10m)")
                .value("until", "string", "Show logs before a time or a span before now (10m)")
                .flag('t', "timestamps", "Show when each line was written")
                .flag("raw", "Do not say which task wrote a line");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String tail = arguments.value("tail", "all");
        long lines = tail.equals("all") ? -1 : Math.max(Arguments.number("tail", tail), -1);
        ServiceLogsRequest request = ServiceLogsRequest.newBuilder()
                .setName(arguments.positional(0))
                .setFollow(arguments.isOn("follow"))
                .setTail(lines)
                .setSinceUnixNanos(LogsCommand.time(arguments, "since"))
                .setUntilUnixNanos(LogsCommand.time(arguments, "until")).build();
        boolean stamped = arguments.isOn("timestamps");
        boolean raw = arguments.isOn("raw");
        Map<String, LogLine> open = new LinkedHashMap<>();
        try (NodeClient client = NodeClient.connectToCluster(console);
                Call call = client.stream("ServiceLogs", request)) {
            for (ServiceLogEntry entry = NodeClient.next(call, ServiceLogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, ServiceLogEntry.parser())) {
                boolean error = entry.getEntry().getStream() == OutputStream.STDERR;
                open.computeIfAbsent(entry.getTaskName() + "\n" + entry.getNodeName() + "\n" + error,
                        key -> new LogLine(error, console)).add(entry.getEntry().getData().toByteArray(),
                                prefix(entry, stamped, raw));
            }
        } finally {
            for (LogLine line : open.values()) {
                line.end();
            }
        }
        return 0;
    }

    /** What stands before a line: "2026-… web.1@b    | ". */
    static String prefix(ServiceLogEntry entry, boolean stamped, boolean raw) {
        return (stamped ? Times.stamp(entry.getEntry().getUnixNanos()) + " " : "")
                + (raw ? "" : entry.getTaskName() + "@" + entry.getNodeName() + "    | ");
    }
}
