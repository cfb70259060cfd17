package cli.command;

import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.node.OutputStream;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what a service's tasks wrote, each line with the task that wrote it. */
final class ServiceLogsCommand implements Command {
    /** A longer line is printed in pieces. */
    private static final int LINE_LIMIT_BYTES = 64 * 1024;

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
        Map<String, Line> open = new LinkedHashMap<>();
        try (NodeClient client = NodeClient.connectToCluster(console);
                Call call = client.stream("ServiceLogs", request)) {
            for (ServiceLogEntry entry = NodeClient.next(call, ServiceLogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, ServiceLogEntry.parser())) {
                boolean error = entry.getEntry().getStream() == OutputStream.STDERR;
                open.computeIfAbsent(entry.getTaskName() + "\n" + entry.getNodeName() + "\n" + error,
                        key -> new Line(error, console)).add(entry, stamped, raw);
            }
        } finally {
            for (Line line : open.values()) {
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

    /** One stream of one task: what it wrote comes out by lines, so that tasks do not write into each other's. */
    private static final class Line {
        private final boolean error;
        private final Console console;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean begun;

        private Line(boolean error, Console console) {
            this.error = error;
            this.console = console;
        }

        private void add(ServiceLogEntry entry, boolean stamped, boolean raw) throws IOException {
            byte[] data = entry.getEntry().getData().toByteArray();
            int from = 0;
            for (int at = 0; at < data.length; at++) {
                if (!begun) {
                    bytes.writeBytes(prefix(entry, stamped, raw).getBytes(StandardCharsets.UTF_8));
                    begun = true;
                }
                if (data[at] == '\n') {
                    bytes.write(data, from, at + 1 - from);
                    from = at + 1;
                    begun = false;
                }
            }
            int whole = bytes.size();
            if (!begun || whole + data.length - from > LINE_LIMIT_BYTES) {
                bytes.write(data, from, data.length - from);
                flush();
            } else {
                flushLines(data, from);
            }
        }

        /** Prints what ends with a line's end, and keeps the rest. */
        private void flushLines(byte[] data, int from) throws IOException {
            byte[] all = bytes.toByteArray();
            int end = all.length;
            while (end > 0 && all[end - 1] != '\n') {
                end--;
            }
            if (end > 0) {
                write(java.util.Arrays.copyOf(all, end));
                bytes.reset();
                bytes.write(all, end, all.length - end);
            }
            bytes.write(data, from, data.length - from);
        }

        private void end() throws IOException {
            flush();
        }

        private void flush() throws IOException {
            if (bytes.size() > 0) {
                write(bytes.toByteArray());
                bytes.reset();
            }
        }

        private void write(byte[] data) throws IOException {
            if (error) {
                console.writeError(data);
            } else {
                console.write(data);
            }
        }
    }
}
