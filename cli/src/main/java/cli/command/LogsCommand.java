package cli.command;

import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.OutputStream;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.TreeMap;

/** Prints what a container wrote. */
final class LogsCommand implements Command {
    private final String name;

    LogsCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Fetch the logs of a container")
                .positionals("CONTAINER", 1, 1)
                .flag('f', "follow", "Follow what is written from now on")
                .value('n', "tail", "string", "Lines to show from the end (default \"all\")")
                .value("since", "string", "Show logs since a time or a span before now (10m)")
                .value("until", "string", "Show logs before a time or a span before now (10m)")
                .flag('t', "timestamps", "Show when each line was written")
                .flag("details", "Show what --log-opt labels, env and tag choose before each line");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        LogsRequest.Builder request = LogsRequest.newBuilder()
                .setContainer(arguments.positional(0))
                .setFollow(arguments.isOn("follow"))
                .setSinceUnixNanos(time(arguments, "since"))
                .setUntilUnixNanos(time(arguments, "until"))
                .setDetails(arguments.isOn("details"));
        String tail = arguments.value("tail", "all");
        if (!tail.equals("all") && Arguments.number("tail", tail) >= 0) {
            request.setTailLines(Arguments.number("tail", tail));
        }
        boolean stamped = arguments.isOn("timestamps");
        boolean detailed = arguments.isOn("details");
        Prefixes out = stamped || detailed ? new Prefixes(stamped) : null;
        Prefixes err = stamped || detailed ? new Prefixes(stamped) : null;
        String details = "";
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("Logs", request.build())) {
            for (LogEntry entry = NodeClient.next(call, LogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, LogEntry.parser())) {
                byte[] data = entry.getData().toByteArray();
                if (detailed && (details.isEmpty() || entry.getDetailsCount() > 0)) {
                    details = details(entry);
                }
                if (entry.getStream() == OutputStream.STDERR) {
                    console.writeError(err == null ? data : err.before(entry, details, data));
                } else {
                    console.write(out == null ? data : out.before(entry, details, data));
                }
            }
        }
        return 0;
    }

    /** The time an option names, in nanoseconds since 1970; 0 if it was not given. */
    static long time(Arguments arguments, String option) throws UsageException {
        if (!arguments.has(option)) {
            return 0;
        }
        try {
            return Times.parse(arguments.value(option), System.currentTimeMillis() * 1_000_000L,
                    ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw Arguments.invalid(option, arguments.value(option), e.getMessage());
        }
    }

    /** {@code name=value,name=value}, in URL encoding as docker has it, and a space. */
    private static String details(LogEntry first) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(first.getDetailsMap()).forEach((name, value) -> text
                .append(text.isEmpty() ? "" : ",")
                .append(URLEncoder.encode(name, StandardCharsets.UTF_8)).append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.append(' ').toString();
    }

    /** Puts words in front of each line of one stream, whose pieces do not end with lines. */
    private static final class Prefixes {
        private final boolean stamped;
        private boolean inLine;

        private Prefixes(boolean stamped) {
            this.stamped = stamped;
        }

        byte[] before(LogEntry entry, String details, byte[] data) {
            byte[] words = ((stamped ? Times.stamp(entry.getUnixNanos()) + " " : "") + details)
                    .getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream lines = new ByteArrayOutputStream(data.length + words.length);
            for (byte octet : data) {
                if (!inLine) {
                    lines.writeBytes(words);
                }
                lines.write(octet);
                inLine = octet != '\n';
            }
            return lines.toByteArray();
        }
    }
}
