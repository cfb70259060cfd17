package cli.command;

import api.cluster.InspectNodeRequest;
import api.cluster.Node;
import api.cluster.NodeDescription;
import api.cluster.NodeView;
import api.cluster.Resources;
import cli.render.Sizes;
import cli.render.Times;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints all there is to know about nodes. */
final class NodeInspectCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("node inspect", "Print detailed information on one or more nodes")
                .positionals("self|NODE [NODE...]", 1, Syntax.ANY)
                .value('f', "format", "string", "\"json\", or a template like {{.Description.Hostname}}")
                .value('o', "output", "string", "\"json\" or \"yaml\"")
                .flag("pretty", "In words for people");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        boolean pretty = arguments.isOn("pretty");
        if (pretty && arguments.has("format")) {
            throw new UsageException("--format is incompatible with human friendly format: leave --pretty out");
        }
        int code = 0;
        List<Object> found = new ArrayList<>();
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            for (String name : arguments.positionals()) {
                try {
                    NodeView view = client.unary("InspectNode",
                            InspectNodeRequest.newBuilder().setName(name).build(), NodeView.parser());
                    if (pretty) {
                        console.print(pretty(view));
                    } else {
                        found.add(object(view));
                    }
                } catch (CallException e) {
                    console.say("jctl: " + e.getMessage());
                    code = 1;
                }
            }
        }
        if (!pretty) {
            InspectCommand.printValues(found, arguments, console);
        }
        return code;
    }

    static Map<String, Object> object(NodeView view) {
        Node node = view.getNode();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("ID", node.getId());
        object.put("Version", new TreeMap<String, Object>(Map.of("Index", node.getVersion())));
        object.put("CreatedAt", Times.stamp(node.getCreatedMillis() * 1_000_000));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("Labels", new TreeMap<String, Object>(node.getSpec().getLabelsMap()));
        spec.put("Role", ListedNode.role(node.getSpec().getRoleValue()));
        spec.put("Availability", availability(node));
        spec.put("Site", node.getSpec().getSite());
        object.put("Spec", spec);
        object.put("Description", description(node.getDescription()));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("State", node.getStatus().getState().name().toLowerCase(Locale.ROOT));
        status.put("Since", Times.stamp(node.getStatus().getSinceMillis() * 1_000_000));
        status.put("Message", node.getStatus().getMessage());
        status.put("Addr", node.getStatus().getAddress());
        object.put("Status", status);
        object.put("ManagerStatus", view.getManagerStatus());
        object.put("Tasks", (long) view.getTasks());
        object.put("Reserved", ServiceFacts.amounts(view.getReserved()));
        object.put("Site", view.getSite());
        object.put("Self", view.getSelf());
        return object;
    }

    private static Map<String, Object> description(NodeDescription description) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("Hostname", description.getHostname());
        Map<String, Object> platform = new LinkedHashMap<>();
        platform.put("Architecture", description.getPlatform().getArchitecture());
        platform.put("OS", description.getPlatform().getOs());
        object.put("Platform", platform);
        object.put("Site", description.getSite());
        object.put("Resources", ServiceFacts.amounts(description.getCapacity()));
        Map<String, Object> engine = new LinkedHashMap<>();
        engine.put("EngineVersion", description.getEngineVersion());
        engine.put("Labels", new TreeMap<String, Object>(description.getLabelsMap()));
        object.put("Engine", engine);
        object.put("Images", new ArrayList<Object>(description.getImagesList()));
        object.put("Troubles", new ArrayList<Object>(description.getTroublesList()));
        return object;
    }

    private static String availability(Node node) {
        return switch (node.getSpec().getAvailability()) {
            case AVAILABILITY_ACTIVE -> "active";
            case AVAILABILITY_PAUSE -> "pause";
            case AVAILABILITY_DRAIN -> "drain";
            case UNRECOGNIZED -> "unknown";
        };
    }

    /** A line for each name that it has, or that is reserved there although it has none any more. */
    private static String named(Resources reserved, Resources capacity) {
        TreeMap<String, Long> all = new TreeMap<>(reserved.getNamedMap());
        all.replaceAll((name, amount) -> 0L);
        all.putAll(capacity.getNamedMap());
        StringBuilder lines = new StringBuilder();
        all.forEach((name, amount) -> lines.append(' ').append(name).append(':')
                .append(" ".repeat(Math.max(1, 14 - name.length())))
                .append(reserved.getNamedOrDefault(name, 0)).append('/').append(amount).append('\n'));
        return lines.toString();
    }

    static String pretty(NodeView view) {
        Node node = view.getNode();
        NodeDescription description = node.getDescription();
        Resources capacity = description.getCapacity();
        StringBuilder labels = new StringBuilder();
        new TreeMap<>(node.getSpec().getLabelsMap()).forEach((key, value) ->
                labels.append(" - ").append(key).append('=').append(value).append('\n'));
        return "ID:             " + node.getId() + "\n"
                + "Labels:\n" + labels
                + "Hostname:       " + description.getHostname() + "\n"
                + "Joined at:      " + Times.readable(node.getCreatedMillis() * 1_000_000) + "\n"
                + "Status:\n"
                + " State:         " + node.getStatus().getState().name().toLowerCase(Locale.ROOT) + "\n"
                + (node.getStatus().getMessage().isEmpty() ? ""
                : " Message:       " + node.getStatus().getMessage() + "\n")
                + " Availability:  " + availability(node) + "\n"
                + " Address:       " + node.getStatus().getAddress() + "\n"
                + " Role:          " + ListedNode.role(node.getSpec().getRoleValue()) + "\n"
                + (view.getSite().isEmpty() ? ""
                : " Site:          " + view.getSite() + "\n")
                + (view.getManagerStatus().isEmpty() ? ""
                : " Manager:       " + view.getManagerStatus() + "\n")
                + "Platform:       " + description.getPlatform().getOs() + "/"
                + description.getPlatform().getArchitecture() + "\n"
                + "Resources (reserved/all):\n"
                + " CPUs:          " + NodeTopCommand.processors(view.getReserved().getCpuMillis()) + "/"
                + NodeTopCommand.processors(capacity.getCpuMillis()) + "\n"
                + " Memory:        " + Sizes.binary(view.getReserved().getMemoryBytes()) + "/"
                + Sizes.binary(capacity.getMemoryBytes()) + "\n"
                + named(view.getReserved(), capacity)
                + " Tasks:         " + view.getTasks() + "\n"
                + "Engine version: " + description.getEngineVersion() + "\n";
    }
}
