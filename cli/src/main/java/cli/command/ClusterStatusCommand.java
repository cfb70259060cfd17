package cli.command;

import api.cluster.ClusterStatusRequest;
import api.cluster.ClusterStatusResponse;
import cli.render.Table;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says how the cluster's managers stand, and what they keep. */
final class ClusterStatusCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("cluster status", "Show how the managers stand, and what they keep")
                .value('f', "format", "string", "\"json\", or a template like {{.Term}}")
                .value('o', "output", "string", "\"text\" (default), \"json\" or \"yaml\"");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String output = arguments.value("output", "text");
        switch (output) {
            case "text", "json", "yaml" -> { }
            default -> throw Arguments.invalid("output", output, "expected text, json or yaml");
        }
        ClusterStatusResponse status;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            status = client.unary("ClusterStatus", ClusterStatusRequest.getDefaultInstance(),
                    ClusterStatusResponse.parser());
        }
        if (output.equals("text") && !arguments.has("format")) {
            console.print(text(status));
        } else {
            InspectCommand.printOne(object(status), arguments, console);
        }
        return 0;
    }

    /** For a person: the cluster in lines, its managers in a table. */
    static String text(ClusterStatusResponse status) {
        StringBuilder text = new StringBuilder();
        text.append("Cluster:    ").append(status.getClusterId()).append('\n');
        text.append("Nodes:      ").append(status.getNodes()).append(", ").append(status.getNodesReady())
                .append(" ready\n");
        text.append("Services:   ").append(status.getServices()).append(", ").append(status.getTasks())
                .append(" tasks\n");
        text.append("Log:        term ").append(status.getTerm()).append(", committed ")
                .append(status.getCommittedIndex()).append(", applied ").append(status.getAppliedIndex())
                .append('\n');
        text.append("Digest:     ").append(status.getDigest()).append("\n\n");
        Table managers = new Table();
        managers.add("MANAGER", "KIND", "LEADER", "ADDRESS", "BEHIND", "LAST HEARD OF");
        boolean led = false;
        for (ClusterStatusResponse.Manager manager : status.getManagersList()) {
            led |= manager.getLeader();
            managers.add(manager.getName() + (manager.getId().equals(status.getSelf()) ? " *" : ""),
                    manager.getKind(), manager.getLeader() ? "yes" : "", manager.getAddress(),
                    manager.getBehind() == 0 ? "" : manager.getBehind() + " entries",
                    silence(manager.getSilentMillis()));
        }
        text.append(managers.text());
        return led ? text.toString() : text.append("\nNo manager leads: more than half of the voters must be in"
                + " reach of each other\n").toString();
    }

    private static String silence(long millis) {
        return millis < 0 ? "not known" : millis < 1000 ? "now" : millis / 1000 + " s ago";
    }

    private static Map<String, Object> object(ClusterStatusResponse status) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("ID", status.getClusterId());
        object.put("Term", status.getTerm());
        object.put("CommittedIndex", status.getCommittedIndex());
        object.put("AppliedIndex", status.getAppliedIndex());
        List<Object> managers = new ArrayList<>();
        for (ClusterStatusResponse.Manager manager : status.getManagersList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("ID", manager.getId());
            one.put("Name", manager.getName());
            one.put("Address", manager.getAddress());
            one.put("Kind", manager.getKind());
            one.put("Leader", manager.getLeader());
            one.put("Behind", manager.getBehind());
            one.put("SilentMillis", manager.getSilentMillis());
            managers.add(one);
        }
        object.put("Managers", managers);
        object.put("Services", (long) status.getServices());
        object.put("Tasks", (long) status.getTasks());
        object.put("Nodes", (long) status.getNodes());
        object.put("NodesReady", (long) status.getNodesReady());
        object.put("Digest", status.getDigest());
        object.put("Self", status.getSelf());
        return object;
    }
}
