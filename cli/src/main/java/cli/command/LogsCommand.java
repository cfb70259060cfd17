package cli.command;

import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.OutputStream;
import cli.render.Times;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;

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
                .flag('t', "timestamps", "Show when each line was written");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        LogsRequest.Builder request = LogsRequest.newBuilder()
                .setContainer(arguments.positional(0))
                .setFollow(arguments.isOn("follow"))
                .setSinceUnixNanos(time(arguments, "since"))
                .setUntilUnixNanos(time(arguments, "until"));
        String tail = arguments.value("tail", "all");
        if (!tail.equals("all") && Arguments.number("tail", tail) >= 0) {
            request.setTailLines(Arguments.number("tail", tail));
        }
        Stamps out = arguments.isOn("timestamps") ? new Stamps() : null;
        Stamps err = arguments.isOn("timestamps") ? new Stamps() : null;
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream("Logs", request.build())) {
            for (LogEntry entry = NodeClient.next(call, LogEntry.parser()); entry != null;
                    entry = NodeClient.next(call, LogEntry.parser())) {
                byte[] data = entry.getData().toByteArray();
                if (entry.getStream() == OutputStream.STDERR) {
                    console.writeError(err == null ? data : err.stamp(entry, data));
                } else {
                    console.write(out == null ? data : out.stamp(entry, data));
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

    /** Puts a time in front of each line of one stream, whose pieces do not end with lines. */
    private static final class Stamps {
        private boolean inLine;

        byte[] stamp(LogEntry entry, byte[] data) {
            byte[] stamp = (Times.stamp(entry.getUnixNanos()) + " ")
                    .getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream stamped = new ByteArrayOutputStream(data.length + stamp.length);
            for (byte octet : data) {
                if (!inLine) {
                    stamped.writeBytes(stamp);
                }
                stamped.write(octet);
                inLine = octet != '\n';
            }
            return stamped.toByteArray();
        }
    }
}
