package cli.command;

import clusterd.daemon.ClusterEntrance;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import linux.syscall.OwnUserNamespace;
import overlaynet.attach.HostPorts;
import overlaynet.plugin.PluginNetworks;
import runtime.container.CdiFolders;
import runtime.container.Journal;
import runtime.container.LogSettings;
import runtime.forward.LogChoice;
import runtime.launch.FastCgroupMoves;
import runtime.node.Entrance;
import runtime.node.Node;
import runtime.node.NodeFolders;
import runtime.registry.RegistrySettings;
import runtime.trace.Tracer;

/** The node daemon, in the foreground until it is told to end. Its containers do not end with it. */
final class AgentCommand implements Command {
    /** Options that a file of settings cannot give: where it is, and what is done once. */
    static final Set<String> NO_SETTINGS = Set.of("config", "remove-network", "join", "token");

    private static final String[] CHOICES = {"userns", "log-format"};
    private static final String STANDARD_FILE = "/etc/jctl/agent.yaml";

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
                .flag("slow-cgroup-moves",
                        "Leave the kernel's favordynmods option as it is: cheaper forks on the host,"
                                + " slower starts");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        if (Login.userId() != 0) {
            throw new IOException("an ordinary user's agent needs namespaces of its own, which only the"
                    + " launcher `jctl agent` makes: start it with that, agent being its first word");
        }
        Optional<NamespaceHolder> holder = NamespaceHolder.ofLauncher();
        try {
            return serve(arguments, console, holder);
        } finally {
            if (holder.isPresent()) {
                holder.get().endIfUnused(journal(arguments.value("log-format", "text")));
            }
        }
    }

    /** Nothing was said of the log's format, and nothing but the refusal is worth a line. */
    @Override
    public void leave() {
        try {
            Optional<NamespaceHolder> holder = NamespaceHolder.ofLauncher();
            if (holder.isPresent()) {
                holder.get().endIfUnused(line -> { });
            }
        } catch (IOException remains) {
            journal("text").say(remains.getMessage());
        }
    }

    private int serve(Arguments arguments, Console console, Optional<NamespaceHolder> holder)
            throws UsageException, IOException {
        boolean hostRoot = OwnUserNamespace.isInitial();
        readSettings(arguments, hostRoot);
        for (String option : CHOICES) {
            String expected = expected(option, arguments.value(option));
            if (arguments.has(option) && !expected.isEmpty()) {
                throw Arguments.invalid(option, arguments.value(option), "expected " + expected);
            }
        }
        Path data = Path.of(arguments.value("data-dir", "/var/lib/jctl"));
        Path run = Path.of(arguments.value("run-dir", "/run/jctl"));
        String userNamespaces = arguments.value("userns", "auto");
        NodeFolders folders = new NodeFolders(data, run);
        HostPorts ports = holder.map(each -> HostPorts.forwarded(each.forwarderSocket()))
                .orElse(HostPorts.own());
        Journal journal = journal(arguments.value("log-format", "text"));
        if (arguments.isOn("remove-network")) {
            try (BridgeNetworks network = BridgeNetworks.open(folders, ports, journal)) {
                network.remove();
            }
            return 0;
        }
        LogSettings logging = logging(arguments);
        ServiceSurroundings service =
                new ServiceSurroundings(console, ProcessHandle.current().pid());
        Entrance entrance = service.entrance(arguments.value("group"),
                hostRoot ? ServiceSurroundings.standardGroup() : Optional.empty());
        Optional<FastCgroupMoves> moves = !hostRoot || arguments.isOn("slow-cgroup-moves")
                ? Optional.empty() : FastCgroupMoves.enable();
        try (Tracer tracer = AgentTraces.open(arguments, System.getenv(), journal);
                ChosenNetworks network = new ChosenNetworks(
                        BridgeNetworks.open(folders, ports, journal),
                        plugins(arguments, folders), journal);
                ClusterEntrance cluster = new ClusterEntrance(journal);
                Node node = Node.start(new Node.Settings(Jctl.VERSION, folders,
                        RegistrySettings.standard(), hostRoot && userNamespaces.equals("auto"),
                        folders(arguments, "cdi-spec-dir", CdiFolders.STANDARD), logging, entrance,
                        tracer, cluster),
                        network, journal);
                ClusterStart start = new ClusterStart(arguments, folders, node, cluster, journal)) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main), "end"));
            if (arguments.has("metrics-addr")) {
                journal.say("metrics are at " + node.serveMetrics(
                        arguments.value("metrics-addr"), cluster::measure) + "/metrics");
            }
            if (arguments.has("dashboard-addr")) {
                cluster.dashboard().open(arguments.value("dashboard-addr"));
            }
            journal.say(switch (entrance) {
                case Entrance.Own own -> "listening on " + folders.socket() + own.group()
                        .map(group -> ", for root and the group " + group).orElse("");
                case Entrance.Inherited inherited ->
                    "listening on the socket that the service manager opened";
            });
            start.begin();
            notify(service::ready, journal);
            node.awaitEnd();
        } catch (InterruptedException told) {
            journal.say("ending; containers go on");
            notify(service::stopping, journal);
        } finally {
            if (moves.isPresent()) {
                moves.get().restore();
            }
        }
        return 0;
    }

    private interface Notice {
        void send() throws IOException;
    }

    /** A service manager that is gone is no reason to end. */
    private static void notify(Notice notice, Journal journal) {
        try {
            notice.send();
        } catch (IOException gone) {
            journal.say(gone.getMessage());
        }
    }

    private static LogSettings logging(Arguments arguments) throws UsageException {
        Map<String, String> options = new TreeMap<>();
        for (String option : arguments.values("log-opt")) {
            String[] pair = KeyValue.split("log-opt", option);
            options.put(pair[0], pair[1]);
        }
        try {
            return new LogSettings(LogChoice.of(arguments.value("log-driver"), options),
                    arguments.has("journald-socket")
                            ? Path.of(arguments.value("journald-socket")).toAbsolutePath()
                            : LogSettings.STANDARD.journal());
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused.getMessage());
        }
    }

    /** The folders a repeated option names; the usual ones if it is absent. */
    private static List<Path> folders(Arguments arguments, String option, List<Path> usual) {
        return arguments.has(option)
                ? arguments.values(option).stream().map(Path::of)
                        .map(Path::toAbsolutePath).toList()
                : usual;
    }

    private static PluginNetworks plugins(Arguments arguments, NodeFolders folders)
            throws IOException {
        return new PluginNetworks(new PluginNetworks.Settings(
                folders(arguments, "cni-conf-dir", PluginNetworks.CONFIGURATIONS),
                folders(arguments, "cni-bin-dir", PluginNetworks.PROGRAMS),
                folders.data().toAbsolutePath().resolve("cni"),
                folders.run().toAbsolutePath().resolve("netns")));
    }

    /** Adds what the file of settings says; without a file nothing of YAML is loaded. */
    private void readSettings(Arguments arguments, boolean hostRoot) throws UsageException, IOException {
        Path file = Path.of(arguments.value("config", STANDARD_FILE));
        // The host's file is for the host's agent; an ordinary user names his.
        if (arguments.has("config") || hostRoot && Files.exists(file)) {
            if (Files.isDirectory(file)) {
                throw new UsageException(file + " is a folder: name the YAML file with --config");
            }
            String text;
            try {
                text = Files.readString(file);
            } catch (CharacterCodingException e) {
                throw new UsageException(file + " is no UTF-8 text: write it again as such");
            }
            SettingsFile.add(arguments, syntax(), NO_SETTINGS, file.toString(), text,
                    AgentCommand::expected);
        }
    }

    /** What an option of few values would have to be; "" if it is, or takes any value. */
    static String expected(String option, String value) {
        return switch (option) {
            case "userns" -> value.equals("auto") || value.equals("host") ? "" : "auto or host";
            case "log-format" -> value.equals("text") || value.equals("json") ? "" : "text or json";
            default -> "";
        };
    }

    private static Journal journal(String format) {
        return format.equals("json") ? new JsonJournal(System.err)
                : line -> System.err.println("jctl agent: " + Printable.lines(line));
    }

    /** A signal was received: the main thread closes what it opened. */
    private static void end(Thread main) {
        main.interrupt();
        try {
            main.join();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
