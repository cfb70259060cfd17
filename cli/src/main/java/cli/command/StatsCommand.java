package cli.command;

import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import cli.render.Json;
import cli.transport.Call;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows what containers use, again each second. */
final class StatsCommand implements Command {
    /** Cursor to the top left, and after the text: clear the rest of the line, and of the screen. */
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR_ALL = "\u001b[2J";

    private final String name;

    StatsCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(name, "Show what containers use, live")
                .positionals("[CONTAINER...]", 0, Syntax.ANY)
                .flag('a', "all", "Show all containers (default: only the running ones)")
                .flag("no-stream", "Show one reading and end")
                .flag("no-trunc", "Do not shorten ids")
                .value("format", "string", "\"table\", \"json\", or a template like {{.CPUPerc}}")
                .value('o', "output", "string", "\"json\" (a line for each reading), \"yaml\", "
                        + "\"wide\" or \"table\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean once = arguments.isOn("no-stream");
        MessageWriter request = new MessageWriter()
                .strings(StatsContainersRequest.CONTAINERS_FIELD_NUMBER, arguments.positionals())
                .flag(StatsContainersRequest.ALL_FIELD_NUMBER, arguments.isOn("all"))
                .flag(StatsContainersRequest.NO_STREAM_FIELD_NUMBER, once);
        String format = arguments.value("format");
        boolean redrawn = !once && console.isOutTerminal() && !arguments.has("output")
                && (format.isEmpty() || format.startsWith("table"));
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.open("StatsContainers")) {
            call.sendLast(request.toByteArray());
            String first = redrawn ? CLEAR_ALL : "";
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                String text = text(new MessageReader(reply), arguments, once);
                console.draw(redrawn ? first + HOME
                        + text.replace("\n", CLEAR_LINE_END + "\n") + CLEAR_BELOW : text);
                first = "";
            }
        }
        return 0;
    }

    private static String text(MessageReader reply, Arguments arguments, boolean once)
            throws UsageException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean pressure = false;
        while (reply.next()) {
            if (reply.field() == StatsContainersReply.CONTAINERS_FIELD_NUMBER) {
                ContainerReading reading = ContainerReading.read(reply.message());
                pressure |= reading.hasPressure();
                rows.add(reading.row(!arguments.isOn("no-trunc"), arguments.has("output")));
            }
        }
        if (!once && arguments.value("output").equals("json")) {
            return Json.compact(new ArrayList<>(rows)) + "\n";
        }
        return listing(pressure).text(rows, arguments);
    }

    private static Listing listing(boolean pressure) {
        return new Listing("ID",
                new Listing.Column("CONTAINER ID", "ID", false),
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("CPU %", "CPUPerc", false),
                new Listing.Column("MEM USAGE / LIMIT", "MemUsage", false),
                new Listing.Column("MEM %", "MemPerc", false),
                new Listing.Column("NET I/O", "NetIO", false),
                new Listing.Column("BLOCK I/O", "BlockIO", false),
                new Listing.Column("PIDS", "PIDs", false),
                new Listing.Column("WAITS CPU / MEM / IO", "Pressure", !pressure));
    }
}
