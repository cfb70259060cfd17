package cli.command;

import api.node.ContainerSummary;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import cli.render.Ages;
import cli.render.Sizes;
import cli.render.Times;
import cli.transport.CallException;
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
        ListContainersRequest request = ListContainersRequest.newBuilder()
                .setAll(arguments.isOn("all") || last > 0)
                .setLimit(Math.max(last, 0))
                .setSize(arguments.isOn("size"))
                .addAllFilters(Filters.of(arguments)).build();
        ListContainersResponse response;
        try (NodeClient client = NodeClient.connect(console)) {
            response = client.unary("ListContainers", request, ListContainersResponse.parser());
        }
        long now = System.currentTimeMillis() * 1_000_000L;
        boolean times = arguments.has("format") || arguments.has("output");
        boolean shorten = !arguments.isOn("no-trunc");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < response.getContainersCount(); i++) {
            rows.add(row(response.getContainers(i), now, shorten, times));
        }
        listing(arguments.isOn("size")).print(rows, arguments, console);
        return 0;
    }

    private static Listing listing(boolean size) {
        return new Listing("ID",
                new Listing.Column("CONTAINER ID", "ID", false),
                new Listing.Column("IMAGE", "Image", false),
                new Listing.Column("COMMAND", "Command", false),
                new Listing.Column("CREATED", "RunningFor", false),
                new Listing.Column("STATUS", "Status", false),
                new Listing.Column("ADDRESS", "Addresses", false),
                new Listing.Column("NAMES", "Names", false),
                new Listing.Column("PID", "Pid", true),
                new Listing.Column("NETWORK", "Networks", true),
                new Listing.Column("SIZE", "Size", !size));
    }

    private static Map<String, Object> row(
            ContainerSummary container, long nowNanos, boolean shorten, boolean times) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ID", shorten ? start(container.getId(), ID_DIGITS) : container.getId());
        row.put("Names", container.getName());
        row.put("Image", container.getImage());
        row.put("Command", command(container, shorten));
        if (times) {
            row.put("CreatedAt", Times.readable(container.getCreatedUnixNanos()));
            row.put("ImageID", container.getImageId());
            row.put("Labels", labels(container));
            row.put("Mounts", String.join(",", container.getMountsList()));
            row.put("ExitCode", (long) container.getExitCode());
        }
        row.put("RunningFor", Ages.ago(container.getCreatedUnixNanos(), nowNanos));
        row.put("State", state(container));
        row.put("Status", status(container, nowNanos));
        row.put("Pid", (long) container.getPid());
        row.put("Networks", container.getNetworkMode());
        row.put("Addresses", addresses(container));
        row.put("Ports", "");
        row.put("Size", Sizes.decimal(container.getSizeBytes())
                + (container.getRootSizeBytes() == 0 ? ""
                : " (virtual " + Sizes.decimal(container.getRootSizeBytes()) + ")"));
        return row;
    }

    private static String command(ContainerSummary container, boolean shorten) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < container.getCommandCount(); i++) {
            words.append(i == 0 ? "" : " ").append(container.getCommand(i));
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

    private static String state(ContainerSummary container) {
        return switch (container.getState()) {
            case CREATED -> "created";
            case RUNNING -> "running";
            case PAUSED -> "paused";
            case EXITED -> "exited";
            case REMOVING -> "removing";
            case DEAD -> "dead";
            case STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    private static String status(ContainerSummary container, long nowNanos) {
        String up = "Up " + Ages.span(nowNanos - container.getStartedUnixNanos());
        return switch (container.getState()) {
            case CREATED -> "Created";
            case RUNNING -> up;
            case PAUSED -> up + " (Paused)";
            case EXITED -> "Exited (" + container.getExitCode() + ") "
                    + Ages.ago(container.getFinishedUnixNanos(), nowNanos)
                    + (container.getOomKilled() ? " (out of memory)" : "");
            case REMOVING -> "Removal In Progress";
            case DEAD -> "Dead";
            case STATE_UNSPECIFIED, UNRECOGNIZED -> "Unknown";
        };
    }

    private static String labels(ContainerSummary container) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> label : container.getLabelsMap().entrySet()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(label.getKey()).append('=').append(label.getValue());
        }
        return text.toString();
    }

    private static String addresses(ContainerSummary container) {
        return container.getAddressesCount() == 0 ? "" : container.getAddresses(0);
    }

    /** The first characters of a text. */
    static String start(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters);
    }
}
