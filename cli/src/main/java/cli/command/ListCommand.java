package cli.command;

import api.node.ContainerState;
import api.node.Filter;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import cli.render.Ages;
import cli.render.PortList;
import cli.render.Sizes;
import cli.render.Times;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists containers. */
final class ListCommand implements Command {
    private static final int ID_DIGITS = 12;
    private static final int COMMAND_CHARACTERS = 20;

    private final String name;

    ListCommand(String name) {
        this.name = name;
    }

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax(name, "List containers")
                .flag('a', "all", "Show all containers (default: only the running ones)")
                .value('f', "filter", "filter", "Filter by condition: status=exited, name=web, …")
                .value('n', "last", "int", "Show the last created containers, in any state")
                .flag('l', "latest", "Show the last created container, in any state")
                .flag('s', "size", "Show disk use"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        int last = arguments.isOn("latest") ? 1 : arguments.integer("last");
        MessageWriter request = new MessageWriter()
                .flag(ListContainersRequest.ALL_FIELD_NUMBER, arguments.isOn("all") || last > 0)
                .number(ListContainersRequest.LIMIT_FIELD_NUMBER, Math.max(last, 0))
                .flag(ListContainersRequest.SIZE_FIELD_NUMBER, arguments.isOn("size"));
        for (String filter : arguments.values("filter")) {
            String[] pair = KeyValue.split("filter", filter);
            request.message(ListContainersRequest.FILTERS_FIELD_NUMBER, new MessageWriter()
                    .string(Filter.KEY_FIELD_NUMBER, pair[0])
                    .string(Filter.VALUE_FIELD_NUMBER, pair[1]));
        }
        MessageReader response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListContainers", request);
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        boolean quiet = arguments.isOn("quiet");
        boolean all = arguments.has("format") || arguments.has("output");
        boolean sized = arguments.isOn("size");
        boolean shorten = !arguments.isOn("no-trunc");
        List<Map<String, Object>> rows = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListContainersResponse.CONTAINERS_FIELD_NUMBER) {
                ListedContainer container = ListedContainer.read(response.message());
                rows.add(quiet ? Map.of("ID", id(container, shorten))
                        : row(container, now, shorten, all, sized));
            }
        }
        listing(sized).print(rows, arguments, console);
        return 0;
    }

    private static Listing listing(boolean size) {
        return new Listing("ID",
                new Listing.Column("CONTAINER ID", "ID", false),
                new Listing.Column("IMAGE", "Image", false),
                new Listing.Column("COMMAND", "Command", false),
                new Listing.Column("CREATED", "RunningFor", false),
                new Listing.Column("STATUS", "Status", false),
                new Listing.Column("PORTS", "Ports", false),
                new Listing.Column("NAMES", "Names", false),
                new Listing.Column("ADDRESS", "Addresses", true),
                new Listing.Column("PID", "Pid", true),
                new Listing.Column("NETWORK", "Networks", true),
                new Listing.Column("SIZE", "Size", !size));
    }

    private static String id(ListedContainer container, boolean shorten) {
        return shorten ? start(container.id, ID_DIGITS) : container.id;
    }

    /** Without {@code all} only what the usual table has: a cold JVM is slow at each further field. */
    static Map<String, Object> row(ListedContainer container, long nowNanos,
            boolean shorten, boolean all, boolean sized) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", id(container, shorten));
        row.put("Names", container.name);
        row.put("Image", container.image);
        row.put("Command", command(container.command, shorten));
        if (all) {
            row.put("CreatedAt", Times.readable(container.createdUnixNanos));
            row.put("ImageID", container.imageId);
            row.put("Labels", labels(container));
            Map<String, String> labels = new LinkedHashMap<>();
            for (String label : container.labels) {
                int equals = label.indexOf('=');
                labels.put(label.substring(0, equals), label.substring(equals + 1));
            }
            Listing.labels(row, labels);
            row.put("Mounts", String.join(",", container.mounts));
            row.put("ExitCode", container.exitCode);
            row.put("State", state(container.state));
            row.put("Pid", container.pid);
            row.put("Networks", container.networks.isEmpty() ? container.networkMode
                    : String.join(",", container.networks));
            row.put("Addresses", addresses(container));
        }
        row.put("RunningFor", Ages.ago(container.createdUnixNanos, nowNanos));
        row.put("Status", status(container, nowNanos));
        row.put("Ports", container.ports.isEmpty() ? "" : PortList.text(container.ports));
        if (all || sized) {
            row.put("Size", Sizes.decimal(container.sizeBytes)
                    + (container.rootSizeBytes == 0 ? ""
                    : " (virtual " + Sizes.decimal(container.rootSizeBytes) + ")"));
        }
        return row;
    }

    /** A command in quotes, without what would disturb a terminal. */
    static String command(List<String> arguments, boolean shorten) {
        StringBuilder words = new StringBuilder();
        for (String word : arguments) {
            words.append(words.isEmpty() ? "" : " ").append(word);
        }
        String text = words.toString();
        if (shorten && text.codePointCount(0, text.length()) > COMMAND_CHARACTERS) {
            text = text.substring(0, text.offsetByCodePoints(0, COMMAND_CHARACTERS - 1)) + "…";
        }
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(Character.isISOControl(character) ? '?' : character);
            }
        }
        return quoted.append('"').toString();
    }

    /** A value of ContainerState in words. */
    static String state(int value) {
        return switch (value) {
            case ContainerState.CREATED_VALUE -> "created";
            case ContainerState.RUNNING_VALUE -> "running";
            case ContainerState.PAUSED_VALUE -> "paused";
            case ContainerState.EXITED_VALUE -> "exited";
            case ContainerState.RESTARTING_VALUE -> "restarting";
            case ContainerState.REMOVING_VALUE -> "removing";
            case ContainerState.DEAD_VALUE -> "dead";
            default -> "unknown";
        };
    }

    private static String status(ListedContainer container, long nowNanos) {
        String up = "Up " + Ages.span(nowNanos - container.startedUnixNanos);
        return switch (container.state) {
            case ContainerState.CREATED_VALUE -> "Created";
            case ContainerState.RUNNING_VALUE -> up + health(container);
            case ContainerState.RESTARTING_VALUE -> "Restarting (" + container.exitCode + ") "
                    + Ages.ago(container.finishedUnixNanos, nowNanos);
            case ContainerState.PAUSED_VALUE -> up + " (Paused)";
            case ContainerState.EXITED_VALUE -> "Exited (" + container.exitCode + ") "
                    + Ages.ago(container.finishedUnixNanos, nowNanos)
                    + (container.oomKilled ? " (out of memory)" : "");
            case ContainerState.REMOVING_VALUE -> "Removal In Progress";
            case ContainerState.DEAD_VALUE -> "Dead";
            default -> "Unknown";
        };
    }

    private static String health(ListedContainer container) {
        return switch (container.health) {
            case "" -> "";
            case "starting" -> " (health: starting)";
            default -> " (" + container.health + ")";
        };
    }

    private static String labels(ListedContainer container) {
        return String.join(",", container.labels);
    }

    private static String addresses(ListedContainer container) {
        return container.addresses.isEmpty() ? "" : container.addresses.getFirst();
    }

    /** The first characters of a text. */
    static String start(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters);
    }
}
