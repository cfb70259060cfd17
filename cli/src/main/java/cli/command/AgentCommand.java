package cli.command;

import java.io.IOException;
import java.util.Set;

/** The node daemon, in the foreground until it is told to end. Its containers do not end with it. */
final class AgentCommand implements Command {
    /** Options that a file of settings cannot give: where it is, and what is done once. */
    static final Set<String> NO_SETTINGS = Set.of("config", "remove-network", "join", "token");

    @Override
    public Syntax syntax() {
        return new Syntax("agent", "Run the node daemon in the foreground")
                .value("config", "file",
                        "YAML file with these options as settings; options win over it"
                                + " (default /etc/jctl/agent.yaml, if it is there)")
                .value("data-dir", "folder", "Images and containers (default /var/lib/jctl)")
                .value("run-dir", "folder", "Socket and running state (default /run/jctl)")
                .value("group", "name",
                        "Group that may use the socket (default: jctl, if there is one)")
                .value("userns", "string",
                        "\"auto\" (default): a user namespace for each container, or \"host\": none")
                .value("metrics-addr", "address",
                        "Serve Prometheus at this address, like 127.0.0.1:9323 (default: nowhere)")
                .value(AgentTraces.OPTION, "address",
                        "Send OpenTelemetry traces to this collector, like http://collector:4318"
                                + " (default: $OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere)")
                .value("log-format", "string",
                        "What the agent says of itself: \"text\" (default) or \"json\"")
                .value("log-driver", "string", "What becomes of containers' output unless they say"
                        + " otherwise: json-file (default), local, none, journald, syslog")
                .value("log-opt", "map", "Options of that log driver, as of `jctl run`; may be"
                        + " repeated")
                .value("journald-socket", "path", "Where the log driver journald sends to"
                        + " (default /run/systemd/journal/socket)")
                .value("cdi-spec-dir", "list",
                        "Folder of CDI specs; repeated, a later one has precedence (default"
                                + " /etc/cdi, /var/run/cdi)")
                .value("device-plugin-dir", "path", "Folder where plug-ins of devices register at kubelet.sock, as at a kubelet"
                        + " (default device-plugins in --run-dir)")
                .value("sriov-config", "path", "Divide network cards and offer their virtual functions as this file says (default: they are left alone)")
                .value("reserved-cpus", "string", "Processors that stay everybody's, like 0-1, so that containers can have others alone (default: none can)")
                .value("cni-conf-dir", "list",
                        "Folder of CNI network configurations; may be repeated (default"
                                + " /etc/cni/net.d)")
                .value("cni-bin-dir", "list",
                        "Folder of CNI plugins; may be repeated (default /usr/lib/cni,"
                                + " /opt/cni/bin)")
                .value("join", "address",
                        "Join the cluster of the manager at this address, like 192.0.2.1:2377")
                .value("token", "string", "Token to join with, as `jctl cluster token create` prints it; or"
                        + " a file that holds it")
                .value("cluster-addr", "address", "Where other nodes reach this one, like 192.0.2.2:2377"
                        + " (default: the host's own address, port 2377; the next port is the log's)")
                .value("cluster-cert-lifetime", "duration",
                        "How long the node certificates of a cluster founded here hold (default 2160h)")
                .value("site", "string", "Where this node stands, for services of several sites and node.site"
                        + " of constraints; `jctl node update --site` wins over it")
                .value("dashboard-addr", "address", "Serve the dashboard at this address, like 127.0.0.1:2380"
                        + " (default: nowhere, until `jctl dashboard` asks for it)")
                .flag("remove-network",
                        "Take the bridge and its rules off the host and end, for an agent that"
                                + " will not come back")
                .flag("no-fast-path", "Let all packets of shared networks pass routes and rules, also those of connections that"
                        + " stand")
                .flag("slow-cgroup-moves",
                        "Leave the kernel's favordynmods option as it is: cheaper forks on the host,"
                                + " slower starts");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        return AgentProcess.run(arguments, console);
    }

    @Override
    public void leave() {
        AgentProcess.leave();
    }

    /** What an option of few values would have to be; "" if it is, or takes any value. */
    static String expected(String option, String value) {
        return switch (option) {
            case "userns" -> value.equals("auto") || value.equals("host") ? "" : "auto or host";
            case "log-format" -> value.equals("text") || value.equals("json") ? "" : "text or json";
            default -> "";
        };
    }
}
